//! `rejoinder export`: the discussions of this instance as lines of JSON.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "commands answer on standard output; where the export goes there, on standard error"
)]

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use actions::Ctx;
use actions::export::{Entry, Written, export};

use crate::boot::Failure;

/// Writes the file; there is none where that fails.
pub async fn run(ctx: &Ctx, file: &Path, board: Option<&str>) -> Result<(), Failure> {
    if file == Path::new("-") {
        let written = into(ctx, board, std::io::stdout()).await?;
        eprintln!("wrote {}", told(written));
        return Ok(());
    }
    let named = |error: std::io::Error| format!("cannot write {}: {error}; name another file", file.display());
    let new = File::create_new(file).map_err(named)?;
    match into(ctx, board, &new).await {
        Ok(written) => {
            new.sync_all().map_err(named)?;
            println!("wrote {} to {}", told(written), file.display());
            Ok(())
        }
        Err(failure) => {
            // Half of it would look like all of it.
            std::fs::remove_file(file).map_err(named)?;
            Err(failure)
        }
    }
}

async fn into(ctx: &Ctx, board: Option<&str>, to: impl Write) -> Result<Written, Failure> {
    let mut to = BufWriter::new(to);
    let written = export(ctx, board, |entry: &Entry| {
        serde_json::to_writer(&mut to, entry)?;
        Ok::<_, Failure>(to.write_all(b"\n")?)
    })
    .await?;
    to.flush()?;
    Ok(written)
}

fn told(Written { threads, comments }: Written) -> String {
    format!("{threads} threads with {comments} comments")
}
