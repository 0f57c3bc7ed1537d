//! The configuration as an operator meets it: what is read from where, and what each mistake is answered with.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::io::Write;
use std::path::Path;

use figment::providers::{Format, Toml};

use super::{Config, ConfigError, RegistrationMode};

const SAMPLE: &str = include_str!("../../../../config/rejoinder.toml");

fn environment(pairs: &[(&str, &str)]) -> Vec<(OsString, OsString)> {
    pairs.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect()
}

fn from_env(pairs: &[(&str, &str)]) -> Result<Config, ConfigError> {
    Config::load(None, environment(pairs))
}

fn from_file(text: &str) -> Result<Config, ConfigError> {
    from_both(text, &[])
}

fn from_both(text: &str, pairs: &[(&str, &str)]) -> Result<Config, ConfigError> {
    let mut file = tempfile::Builder::new().suffix(".toml").tempfile().unwrap();
    file.write_all(text.as_bytes()).unwrap();
    Config::load(Some(file.path()), environment(pairs))
}

/// The only problem, as its key, its value and its complaint.
fn only_problem(result: Result<Config, ConfigError>) -> (String, String, String) {
    match result {
        Err(ConfigError::Unusable(problems)) if problems.len() == 1 => {
            let problem = problems.into_iter().next().unwrap();
            (problem.key, problem.value.unwrap_or_default(), problem.complaint)
        }
        other => panic!("expected one problem, got {other:?}"),
    }
}

/// Asserts that setting the variable is refused for `key`, showing `value`, with a remedy that holds `remedy`.
#[track_caller]
fn refused(variable: &str, text: &str, key: &str, value: &str, remedy: &str) {
    let (found_key, found_value, complaint) = only_problem(from_env(&[(variable, text)]));
    assert_eq!((found_key.as_str(), found_value.as_str()), (key, value));
    assert!(complaint.contains(remedy), "{complaint:?} lacks {remedy:?}");
}

#[test]
fn nothing_set_gives_the_defaults() {
    assert_eq!(from_env(&[]).unwrap(), Config::default());
}

#[test]
fn the_sample_file_states_the_defaults() {
    assert_eq!(from_file(SAMPLE).unwrap(), Config::default());
}

#[test]
fn the_sample_file_holds_every_key() {
    let in_file: figment::value::Dict = Toml::from_str(SAMPLE).unwrap();
    let known = figment::value::Value::serialize(Config::default()).unwrap();
    assert_eq!(keys(&in_file), keys(known.as_dict().unwrap()));
}

fn keys(sections: &figment::value::Dict) -> BTreeSet<String> {
    let below = |(name, value): (&String, &figment::value::Value)| match value.as_dict() {
        Some(section) => keys(section).into_iter().map(|key| format!("{name}.{key}")).collect(),
        None => vec![name.clone()],
    };
    sections.iter().flat_map(below).collect()
}

#[test]
fn every_default_key_can_be_set_in_the_environment() {
    let known = figment::value::Value::serialize(Config::default()).unwrap();
    for key in keys(known.as_dict().unwrap()) {
        let variable = format!("REJOINDER_{}", key.replace('.', "__").to_uppercase());
        let text = match known.find_ref(&key).unwrap() {
            figment::value::Value::String(_, text) => text.clone(),
            figment::value::Value::Num(_, number) => number.to_u128().unwrap().to_string(),
            figment::value::Value::Bool(_, is_on) => is_on.to_string(),
            figment::value::Value::Array(..) => String::new(),
            other => panic!("{key} has a default of an unforeseen type: {other:?}"),
        };
        assert_eq!(from_env(&[(&variable, &text)]).unwrap(), Config::default(), "{variable}={text}");
    }
}

#[test]
fn the_environment_wins_over_the_file_and_the_file_over_the_defaults() {
    let file = "[server]\nname = \"File\"\nlisten = \"127.0.0.1:1\"\n";
    let config = from_both(file, &[("REJOINDER_SERVER__LISTEN", "127.0.0.1:2")]).unwrap();
    assert_eq!(config.server.name, "File");
    assert_eq!(config.server.listen.port(), 2);
    assert_eq!(config.limits, Config::default().limits);
}

#[test]
fn text_that_looks_like_a_number_stays_text() {
    let pairs = [("REJOINDER_SERVER__NAME", "2048"), ("REJOINDER_METRICS__TOKEN", "1234567890123456")];
    let config = from_env(&pairs).unwrap();
    assert_eq!(config.server.name, "2048");
    assert_eq!(config.metrics.token.unwrap().reveal(), "1234567890123456");
}

#[test]
fn secure_mode_is_switched_on_in_the_environment() {
    assert!(from_env(&[("REJOINDER_FEDERATION__SECURE_MODE", "true")]).unwrap().federation.secure_mode);
    assert!(from_env(&[("REJOINDER_FEDERATION__SECURE_MODE", "perhaps")]).is_err());
}

#[test]
fn a_hook_has_an_address_and_a_secret_or_neither() {
    let config = from_file(
        "[moderation.hook]\nurl = \"https://a.example/\"\nsecret = \"0123456789abcdef\"\non_failure = \"closed\"",
    );
    assert_eq!(config.unwrap().moderation.hook.on_failure, super::OnFailure::Closed);
    refused("REJOINDER_MODERATION__HOOK__SECRET", "0123456789abcdef", "moderation.hook.url", "\"\"", "or no secret");
    refused(
        "REJOINDER_MODERATION__HOOK__ON_FAILURE",
        "ajar",
        "moderation.hook.on_failure",
        "\"ajar\"",
        "one of open, closed",
    );
}

#[test]
fn lists_are_written_with_commas_or_as_toml() {
    for text in ["10.0.0.0/8, ::1", "[\"10.0.0.0/8\", \"::1\"]"] {
        let config = from_env(&[("REJOINDER_SERVER__TRUSTED_PROXIES", text)]).unwrap();
        let networks: Vec<String> = config.server.trusted_proxies.iter().map(ToString::to_string).collect();
        assert_eq!(networks, ["10.0.0.0/8", "::1/128"]);
    }
}

#[test]
fn variables_of_others_are_left_alone() {
    let pairs = [("REJOINDER_TEST_DATABASE", "sqlite"), ("PATH", "/bin"), ("SERVER__LISTEN", "nonsense")];
    assert_eq!(from_env(&pairs).unwrap(), Config::default());
}

#[test]
fn one_underscore_too_few_is_not_ignored() {
    refused("REJOINDER_SERVER_LISTEN", "127.0.0.1:1", "server.listen", "", "REJOINDER_SERVER__LISTEN");
}

#[cfg(unix)]
#[test]
fn a_variable_that_is_not_utf_8_is_refused() {
    use std::os::unix::ffi::OsStringExt;
    let pair = ("REJOINDER_SERVER__NAME".into(), OsString::from_vec(vec![0xff]));
    let (key, _, complaint) = only_problem(Config::load(None, [pair]));
    assert_eq!(key, "server.name");
    assert!(complaint.contains("UTF-8"));
}

#[test]
fn unknown_keys_are_told_the_nearest_known_one() {
    for (text, nearest) in [
        ("[server]\nlisen = \"127.0.0.1:1\"", "server.listen"),
        ("[server]\nsqlite_readers = 4", "storage.sqlite_readers"),
        ("[sever]\nname = \"x\"", "server.name"),
        ("[limits]\nrequest_timeout = 4", "limits.request_timeout_seconds"),
        ("listen = \"127.0.0.1:1\"", "server.listen"),
    ] {
        let (_, _, complaint) = only_problem(from_file(text));
        assert_eq!(complaint, format!("no such key; the nearest is {nearest}"), "for {text:?}");
    }
    refused("REJOINDER_STORAGE__URI", "x", "storage.uri", "", "the nearest is storage.url");
}

#[test]
fn all_unknown_keys_are_named_at_once() {
    let Err(ConfigError::Unusable(problems)) = from_file("[server]\na = 1\n[limits]\nb = 2") else {
        panic!("two unknown keys were accepted");
    };
    let keys: Vec<&str> = problems.iter().map(|problem| problem.key.as_str()).collect();
    assert_eq!(keys, ["limits.b", "server.a"]);
}

#[test]
fn a_value_in_place_of_a_section_is_refused() {
    let (key, _, complaint) = only_problem(from_file("server = 5"));
    assert_eq!((key.as_str(), complaint.as_str()), ("server", "a section and no key; write [server] above its keys"));
}

#[test]
fn a_section_in_place_of_a_value_is_refused() {
    let (key, _, complaint) = only_problem(from_file("[server.listen]\nport = 4"));
    assert_eq!(key, "server.listen.port");
    assert_eq!(complaint, "server.listen is a key and no section; give it one value");
    let (key, value, _) = only_problem(from_file("[server.name]"));
    assert_eq!((key.as_str(), value.as_str()), ("server.name", "a table"));
}

#[test]
fn a_message_names_key_value_origin_and_remedy() {
    let error = from_env(&[("REJOINDER_LIMITS__DEPTH", "deep")]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the configuration cannot be used:\n  limits.depth = \"deep\" (REJOINDER_LIMITS__DEPTH): \
         write a whole number, not negative and without quotes"
    );
}

#[test]
fn values_of_the_wrong_type_are_told_the_right_one() {
    refused("REJOINDER_SERVER__LISTEN", "localhost", "server.listen", "\"localhost\"", "127.0.0.1:8536");
    refused("REJOINDER_METRICS__LISTEN", "9536", "metrics.listen", "\"9536\"", "an address with a port");
    refused("REJOINDER_LIMITS__DEPTH", "-1", "limits.depth", "-1", "not negative");
    refused("REJOINDER_LIMITS__DEPTH", "", "limits.depth", "\"\"", "a whole number");
    refused(
        "REJOINDER_REGISTRATION__MODE",
        "opne",
        "registration.mode",
        "\"opne\"",
        "open, approval, invitation, closed",
    );
    refused("REJOINDER_SERVER__LOG_FORMAT", "xml", "server.log_format", "\"xml\"", "auto, text, json");
    let (key, value, complaint) = only_problem(from_file("[server]\nname = 5"));
    assert_eq!((key.as_str(), value.as_str(), complaint.as_str()), ("server.name", "5", "write text, in quotes"));
}

#[test]
fn networks_must_be_networks() {
    let variable = "REJOINDER_SERVER__TRUSTED_PROXIES";
    let (key, value, complaint) = only_problem(from_env(&[(variable, "10.0.0.0/8,proxy")]));
    assert_eq!(key, "server.trusted_proxies");
    assert_eq!(value, "[\"10.0.0.0/8\", \"proxy\"]");
    assert!(complaint.starts_with("\"proxy\" is not a network"), "{complaint}");
    let (_, _, complaint) = only_problem(from_file("[server]\ntrusted_proxies = \"10.0.0.0/8\""));
    assert!(complaint.contains("a list"), "{complaint}");
}

#[test]
fn a_public_address_is_https_without_a_port() {
    for good in [
        "https://talk.example.org",
        "https://talk.example.org/",
        "http://localhost:8536",
        "http://a.localhost:1",
        "https://one.test:8443",
        "http://one.test",
        "http://127.0.0.9:80",
        "http://[::1]:8536",
    ] {
        let config = from_env(&[("REJOINDER_SERVER__PUBLIC_URL", good)]).unwrap();
        assert!(!config.server.public_url.as_str().ends_with('/'), "{good}");
    }
    for (bad, why) in [
        ("talk.example.org", "not an address"),
        ("ftp://talk.example.org", "neither https nor http"),
        ("http://talk.example.org", "without https"),
        ("http://192.168.1.4:8536", "without https"),
        ("https://talk.example.org:8443", "usual port"),
        ("https://talk.example.org/forum", "a path"),
        ("https://talk.example.org/?a", "a query"),
        ("https://me:word@talk.example.org", "an account"),
    ] {
        refused("REJOINDER_SERVER__PUBLIC_URL", bad, "server.public_url", &format!("{bad:?}"), why);
    }
}

#[test]
fn the_public_address_knows_itself() {
    let config = from_env(&[("REJOINDER_SERVER__PUBLIC_URL", "https://talk.example.org:443/")]).unwrap();
    let url = &config.server.public_url;
    assert_eq!((url.as_str(), url.is_https(), url.is_local()), ("https://talk.example.org", true, false));
}

#[test]
fn ranges_are_held() {
    for (key, bad) in [
        ("server.shutdown_grace_seconds", "3601"),
        ("storage.sqlite_readers", "0"),
        ("storage.postgres_connections", "1"),
        ("limits.title_chars", "0"),
        ("limits.depth", "10001"),
        ("limits.request_timeout_seconds", "0"),
        ("limits.page_size", "100000"),
        ("limits.login_tries", "0"),
        ("limits.login_window_minutes", "0"),
    ] {
        let variable = format!("REJOINDER_{}", key.replace('.', "__").to_uppercase());
        refused(&variable, bad, key, bad, "write a whole number from");
    }
}

#[test]
fn all_bad_values_are_named_at_once() {
    let file = "[limits]\ndepth = 0\npage_size = 0\n[server]\nname = \"\"\n";
    let Err(ConfigError::Unusable(problems)) = from_file(file) else { panic!("three bad values were accepted") };
    assert_eq!(problems.len(), 3);
}

#[test]
fn a_body_holds_the_longest_comment() {
    refused("REJOINDER_LIMITS__BODY_BYTES", "20000", "limits.body_bytes", "20000", "244096 bytes");
    let pairs = [("REJOINDER_LIMITS__BODY_BYTES", "20000"), ("REJOINDER_LIMITS__COMMENT_CHARS", "1000")];
    from_env(&pairs).unwrap();
}

#[test]
fn names_folders_and_filters_are_checked() {
    refused("REJOINDER_SERVER__NAME", "two\nlines", "server.name", "\"two\\nlines\"", "on one line");
    refused("REJOINDER_SERVER__DATA_DIR", "", "server.data_dir", "\"\"", "a folder");
    refused("REJOINDER_SERVER__LOG_FILTER", "a=b=c", "server.log_filter", "\"a=b=c\"", "write a level");
}

#[cfg(feature = "postgres")]
#[test]
fn secrets_are_never_shown() {
    refused("REJOINDER_METRICS__TOKEN", "hunter2", "metrics.token", "***", "at least 16");
    let hook =
        [("REJOINDER_MODERATION__HOOK__URL", "https://a.example/"), ("REJOINDER_MODERATION__HOOK__SECRET", "hunter2")];
    let (key, value, complaint) = only_problem(from_env(&hook));
    assert_eq!((key.as_str(), value.as_str()), ("moderation.hook.secret", "***"), "{complaint}");
    let bad = "mysql://app:hunter2@db/x";
    refused("REJOINDER_STORAGE__URL", bad, "storage.url", "\"mysql://app:***@db/x\"", "postgres://USER");
    let token = "0123456789abcdef-hunter2";
    for url in
        ["postgres://app:hunter2@db/x", "postgres://db/x?user=app&password=hunter2", "postgres://a:hun@hunter2@b/x"]
    {
        let pairs = [("REJOINDER_STORAGE__URL", url), ("REJOINDER_METRICS__TOKEN", token)];
        let config = from_env(&pairs).unwrap();
        assert!(!format!("{config:?} {}", config.database_url()).contains("hunter2"), "{config:?}");
        assert_eq!(config.database_url().as_str(), url);
    }
}

#[test]
fn the_database_is_sqlite_in_the_data_folder_unless_said() {
    assert_eq!(Config::default().database_url().as_str(), "sqlite://data/rejoinder.db");
    let moved = from_env(&[("REJOINDER_SERVER__DATA_DIR", "/srv/talk")]).unwrap();
    assert_eq!(moved.database_url().as_str(), "sqlite:///srv/talk/rejoinder.db");
    let own = from_env(&[("REJOINDER_STORAGE__URL", "sqlite:///a/b.db")]).unwrap();
    assert_eq!(own.database_url().as_str(), "sqlite:///a/b.db");
    refused("REJOINDER_STORAGE__URL", "mysql://db/x", "storage.url", "\"mysql://db/x\"", "no known database");
    refused("REJOINDER_STORAGE__URL", "sqlite://", "storage.url", "\"sqlite://\"", "sqlite://PATH");
}

#[cfg(not(feature = "postgres"))]
#[test]
fn a_database_that_is_not_compiled_in_is_refused() {
    refused("REJOINDER_STORAGE__URL", "postgres://db/x", "storage.url", "\"postgres://db/x\"", "--features postgres");
}

#[test]
fn a_file_that_was_named_must_be_there() {
    let error = Config::load(Some(Path::new("no/such/file.toml")), environment(&[])).unwrap_err();
    assert!(matches!(error, ConfigError::Unreadable { .. }));
    assert!(error.to_string().contains("no/such/file.toml"), "{error}");
}

#[test]
fn broken_toml_is_told_its_line() {
    let error = from_file("[server]\nname = \"open\n").unwrap_err();
    assert!(matches!(error, ConfigError::Syntax { .. }));
    assert!(error.to_string().contains("line 2"), "{error}");
}

#[test]
fn dangers_are_warned_of() {
    assert_eq!(Config::default().warnings(), Vec::<String>::new());
    let pairs = [
        ("REJOINDER_SERVER__PUBLIC_URL", "https://talk.example.org"),
        ("REJOINDER_FEDERATION__DANGEROUS_ALLOW_ADDRESSES", "127.0.0.0/8"),
    ];
    let warnings = from_env(&pairs).unwrap().warnings();
    assert_eq!(warnings.len(), 2);
    assert!(warnings[0].contains("127.0.0.0/8"), "{warnings:?}");
    assert!(warnings[1].contains("registration.mode"), "{warnings:?}");
}

#[test]
fn a_closed_door_is_not_warned_of() {
    let pairs =
        [("REJOINDER_SERVER__PUBLIC_URL", "https://talk.example.org"), ("REJOINDER_REGISTRATION__MODE", "closed")];
    let config = from_env(&pairs).unwrap();
    assert_eq!(config.registration.mode, RegistrationMode::Closed);
    assert_eq!(config.warnings(), Vec::<String>::new());
}
