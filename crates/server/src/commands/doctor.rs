//! `rejoinder doctor`: what may keep other servers from speaking with this one, each with what to do about it. Here: what only the
//! machine knows. What shows from outside is looked at by `actions::hosting::checkup`.
#![expect(clippy::print_stdout, reason = "commands answer on standard output")]

use std::path::Path;

use actions::Ctx;
use actions::hosting::checkup::{self, Finding, Level};
use serde_json::json;
use storage::Holder;

use super::table;
use crate::boot::{self, Failure};
use crate::cli::Doctor;
use crate::config::Config;

/// So little room is worth a look, in bytes.
const TIGHT: u64 = 1 << 30;
/// With so little the next larger write may fail.
const FULL: u64 = 64 << 20;

/// Looks at everything, says what was found, and fails if anything does not work.
pub async fn run(config: &Config, arguments: Doctor) -> Result<(), Failure> {
    let mut found = settings(config);
    found.extend(folder(&config.server.data_dir));
    match opened(config) {
        Ok(Some(ctx)) => {
            found.push(Finding::good("database", "the database answers, and has the schema of this version"));
            found.extend(checkup::queues(&ctx).await?);
            found.extend(outside(config, &ctx).await?);
            found.extend(checkup::clocks(&ctx, &arguments.peers).await?);
        }
        Ok(None) => found.push(Finding::warning(
            "database",
            "there is no database yet, so nothing else was looked at",
            "Start the server once: it makes one.",
        )),
        Err(error) => found.push(Finding::error(
            "database",
            error.to_string(),
            "Put that right first: nothing else can be looked at without the database.",
        )),
    }
    show(&found, arguments.json)?;
    let errors = found.iter().filter(|finding| finding.level == Level::Error).count();
    if errors > 0 { Err(format!("{errors} of {} findings are errors", found.len()).into()) } else { Ok(()) }
}

fn settings(config: &Config) -> Vec<Finding> {
    let mut found = vec![Finding::good("configuration", "the configuration can be read and used")];
    let remedy = "Change it, unless that is what you want.";
    found.extend(config.warnings().into_iter().map(|says| Finding::warning("settings", says, remedy)));
    let url = &config.server.public_url;
    let is_plain = url.is_https() && !url.is_local();
    found.push(if is_plain {
        Finding::good("address", format!("{} can be the address of a public server", url.as_str()))
    } else {
        let says = format!("{} is an address for trying things out: no other server can speak with it", url.as_str());
        let remedy =
            "Write https:// and a name that the DNS knows in server.public_url, before other servers learn of any id.";
        Finding::warning("address", says, remedy)
    });
    found
}

/// Whether there is a folder that can be written to, with room.
fn folder(folder: &Path) -> Vec<Finding> {
    let probe = folder.join(format!(".doctor-{}", std::process::id()));
    let written = std::fs::create_dir_all(folder).and_then(|()| std::fs::write(&probe, b"probe"));
    // What was not written cannot be taken away either.
    let _ = std::fs::remove_file(&probe);
    if let Err(error) = written {
        let says = format!("the folder {} cannot be written to: {error}", folder.display());
        return vec![Finding::error(
            "folder",
            says,
            "Give it to the user that the server runs as, or name another in server.data_dir.",
        )];
    }
    vec![Finding::good("folder", format!("the folder {} can be written to", folder.display())), room(folder)]
}

fn room(folder: &Path) -> Finding {
    let facts = match rustix::fs::statvfs(folder) {
        Ok(facts) => facts,
        Err(error) => {
            let says = format!("it cannot be told how much room {} has: {error}", folder.display());
            return Finding::warning("disk", says, "Look yourself: `df -h`.");
        }
    };
    let free = facts.f_bavail.saturating_mul(facts.f_frsize);
    judged(free)
}

fn judged(free: u64) -> Finding {
    let says = format!("{} MiB are free where the data is", free >> 20);
    let remedy = "Make room, or move the data to a larger disk.";
    match free {
        0..FULL => Finding::error("disk", says, remedy),
        FULL..TIGHT => Finding::warning("disk", says, remedy),
        TIGHT.. => Finding::good("disk", says),
    }
}

/// The database, if there is one: looking at it is no reason to make one.
fn opened(config: &Config) -> Result<Option<Ctx>, Failure> {
    let url = config.database_url();
    if url.as_str().strip_prefix("sqlite://").is_some_and(|file| !Path::new(file).exists()) {
        return Ok(None);
    }
    boot::open(config, Holder::Tool).map(Some)
}

async fn outside(config: &Config, ctx: &Ctx) -> Result<Vec<Finding>, Failure> {
    if config.server.public_url.is_local() && config.federation.dangerous_allow_addresses.is_empty() {
        return Ok(Vec::new());
    }
    Ok(checkup::from_outside(ctx).await?)
}

fn level(level: Level) -> &'static str {
    match level {
        Level::Good => "ok",
        Level::Warning => "warning",
        Level::Error => "error",
    }
}

fn show(found: &[Finding], json: bool) -> Result<(), Failure> {
    if json {
        let all: Vec<_> = found
            .iter()
            .map(|one| json!({ "check": one.check, "level": level(one.level), "says": one.says, "remedy": one.remedy }))
            .collect();
        println!("{}", serde_json::to_string_pretty(&all)?);
        return Ok(());
    }
    let mut rows = Vec::new();
    for one in found {
        rows.push(vec![level(one.level).to_owned(), one.check.to_owned(), one.says.clone()]);
        if !one.remedy.is_empty() {
            rows.push(vec![String::new(), String::new(), format!("→ {}", one.remedy)]);
        }
    }
    table::print(&["", "CHECK", "FOUND"], &rows);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_disk_is_judged_by_what_is_free() {
        let levels = [0, FULL - 1, FULL, TIGHT - 1, TIGHT, u64::MAX].map(|free| judged(free).level);
        use Level::{Error, Good, Warning};
        assert_eq!(levels, [Error, Error, Warning, Warning, Good, Good]);
    }

    #[test]
    fn a_folder_that_is_none_is_an_error() {
        let place = tempfile::tempdir().unwrap();
        let file = place.path().join("file");
        std::fs::write(&file, b"").unwrap();
        assert_eq!(
            folder(&file).iter().map(|one| (one.check, one.level)).collect::<Vec<_>>(),
            [("folder", Level::Error)]
        );
        assert_eq!(folder(&place.path().join("new"))[0].level, Level::Good);
        assert!(std::fs::read_dir(place.path().join("new")).unwrap().next().is_none(), "nothing is left behind");
    }

    #[test]
    fn an_address_for_trying_things_out_is_a_warning() {
        let levels =
            |config: &Config| settings(config).into_iter().map(|one| (one.check, one.level)).collect::<Vec<_>>();
        let mut config = Config::default();
        assert_eq!(levels(&config), [("configuration", Level::Good), ("address", Level::Warning)]);
        config.server.public_url = "https://talk.example".to_owned().try_into().unwrap();
        // Anybody can make an account.
        let settings = levels(&config);
        assert_eq!(settings, [("configuration", Level::Good), ("settings", Level::Warning), ("address", Level::Good)]);
    }
}
