//! What a process prints, line by line, for those who wait for a line and for those who want to know why it failed.

use std::io::{BufRead as _, BufReader, Read};

use tokio::sync::watch;

/// The lines that one stream of a process has printed until now.
#[derive(Clone, Debug)]
pub struct Output(watch::Receiver<Vec<String>>);

impl Output {
    /// Reads the stream to its end, on a thread of its own.
    #[must_use]
    pub fn of(stream: impl Read + Send + 'static) -> Self {
        let (lines, read) = watch::channel(Vec::new());
        std::thread::spawn(move || {
            for line in BufReader::new(stream).split(b'\n').map_while(Result::ok) {
                let line = String::from_utf8_lossy(&line).into_owned();
                lines.send_modify(|lines| lines.push(line));
            }
        });
        Self(read)
    }

    /// The first line with these words, as soon as there is one; `None` if the stream ends without.
    pub async fn line(&self, words: &str) -> Option<String> {
        let mut lines = self.0.clone();
        let found = |lines: &Vec<String>| lines.iter().find(|line| line.contains(words)).cloned();
        // Whether it ends well or not: the last lines may have come together with the end.
        let _ = lines.wait_for(|lines| found(lines).is_some()).await;
        found(&lines.borrow())
    }

    /// Waits until the stream ends: the process, and whoever inherited the stream from it, has closed it.
    pub async fn end(&self) {
        let mut lines = self.0.clone();
        while lines.changed().await.is_ok() {}
    }

    /// Everything until now.
    #[must_use]
    pub fn text(&self) -> String {
        self.0.borrow().join("\n")
    }
}
