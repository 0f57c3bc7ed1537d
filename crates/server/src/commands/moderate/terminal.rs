//! The terminal itself: taking it, giving it back as it was however this ends, and what comes from it. Not here: what is drawn.

use std::io::stdout;
use std::ops::{Deref, DerefMut};
use std::time::Instant;

use ratatui::DefaultTerminal;
use ratatui::crossterm::event::{self, DisableBracketedPaste, EnableBracketedPaste, Event};
use ratatui::crossterm::execute;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use crate::boot::Failure;

/// A terminal that is ours until this is dropped.
pub struct Opened(DefaultTerminal);

/// Takes the terminal.
pub fn open() -> Result<Opened, Failure> {
    let taken = ratatui::try_init().and_then(|terminal| {
        // What is pasted comes as one, so that its letters are no orders.
        execute!(stdout(), EnableBracketedPaste)?;
        Ok(Opened(terminal))
    });
    taken.map_err(|error| {
        give_back();
        format!("cannot use this terminal: {error}; `rejoinder moderate --plain` prints a table").into()
    })
}

fn give_back() {
    // A terminal that is gone needs nothing.
    let _ = execute!(stdout(), DisableBracketedPaste);
    let _ = ratatui::try_restore();
}

impl Drop for Opened {
    fn drop(&mut self) {
        give_back();
    }
}

impl Deref for Opened {
    type Target = DefaultTerminal;

    fn deref(&self) -> &DefaultTerminal {
        &self.0
    }
}

impl DerefMut for Opened {
    fn deref_mut(&mut self) -> &mut DefaultTerminal {
        &mut self.0
    }
}

/// What is pressed and pasted, and when.
pub type Events = UnboundedReceiver<(Event, Instant)>;

/// Events from a thread that waits for them. They are stamped there: what comes while a decision is written is read only after it.
pub fn events() -> Events {
    let (tell, events) = unbounded_channel();
    std::thread::spawn(move || {
        while let Ok(event) = event::read() {
            if tell.send((event, Instant::now())).is_err() {
                return;
            }
        }
    });
    events
}

/// The signals that ask for an end: the terminal is given back before it.
pub struct Ends {
    interrupt: Signal,
    terminate: Signal,
    hang_up: Signal,
}

impl Ends {
    /// From now on they no longer end the process by themselves.
    pub fn listen() -> std::io::Result<Self> {
        let (interrupt, terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
        Ok(Self { interrupt, terminate, hang_up: signal(SignalKind::hangup())? })
    }

    /// Waits for one of them.
    pub async fn told(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
            _ = self.hang_up.recv() => {}
        }
    }
}
