//! Where values come from: defaults, file, environment, laid over each other; and which of them to name when one
//! is wrong. What a value may be is not decided here.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use figment::Figment;
use figment::error::Kind;
use figment::providers::{Format, Serialized, Toml};
use figment::value::{Dict, Num, Value};

use super::check::Complaint;
use super::value::mask_password;
use super::{Config, ConfigError, DEFAULT_FILE, Problem, Setting};

const PREFIX: &str = "REJOINDER_";
const SEPARATOR: &str = "__";

/// The leaves of a tree of sections, by `section.key`.
type Leaves = BTreeMap<String, Value>;

/// The three layers, and for every set key the place that set it.
pub(super) struct Sources {
    layers: Figment,
    origins: BTreeMap<String, String>,
}

impl Sources {
    /// Reads both layers over the defaults; refuses keys that do not exist.
    pub(super) fn read(
        path: Option<&Path>,
        environment: impl IntoIterator<Item = (OsString, OsString)>,
    ) -> Result<Self, ConfigError> {
        let known = known_keys()?;
        let file = read_file(path)?;
        let variables = read_environment(environment, &known);

        let mut origins = BTreeMap::new();
        let mut layers = Figment::from(Serialized::defaults(Config::default()));
        let mut problems = Vec::new();
        if let Some((path, dict)) = file {
            let origin = path.display().to_string();
            for key in leaves(&dict).into_keys() {
                problems.extend(unknown(&key, &origin, &known));
                origins.insert(key, origin.clone());
            }
            layers = layers.merge(Serialized::defaults(dict));
        }
        for variable in variables? {
            problems.extend(unknown(&variable.key, &variable.name, &known));
            layers = layers.merge(Serialized::default(&variable.key, variable.value));
            origins.insert(variable.key, variable.name);
        }
        if problems.is_empty() { Ok(Self { layers, origins }) } else { Err(ConfigError::Unusable(problems)) }
    }

    /// The configuration, if every value has the type of its key.
    pub(super) fn extract(&self) -> Result<Config, ConfigError> {
        self.layers.extract().map_err(|error| {
            let problems = error.into_iter().map(|error| {
                let key = key_at(&error.path);
                let complaint = complaint(&key, &error.kind);
                self.problem(&key, complaint)
            });
            ConfigError::Unusable(problems.collect())
        })
    }

    /// The error that names `complaints` with the values and the places they come from.
    pub(super) fn refuse(&self, complaints: Vec<Complaint>) -> ConfigError {
        let problems = complaints.into_iter().map(|(key, complaint)| self.problem(key, complaint));
        ConfigError::Unusable(problems.collect())
    }

    /// Every setting, in the order of their names. What must not be read over somebody's shoulder is masked.
    pub(super) fn settings(&self) -> Result<Vec<Setting>, ConfigError> {
        let setting = |key: String| {
            let origin = self.origins.get(&key).map_or("default", String::as_str).to_owned();
            let value = self.layers.find_value(&key).ok().map(|value| show(&key, &value)).unwrap_or_default();
            Setting { key, value, origin }
        };
        Ok(known_keys()?.into_keys().map(setting).collect())
    }

    fn problem(&self, key: &str, complaint: String) -> Problem {
        let origin = self.origins.get(key).map_or("default", String::as_str);
        Problem {
            key: key.to_owned(),
            value: self.layers.find_value(key).ok().map(|value| show(key, &value)),
            origin: origin.to_owned(),
            complaint,
        }
    }
}

/// The key of a value that could not be read. An item of a list is reported with its list, which is what was set.
fn key_at(path: &[String]) -> String {
    let names = path.iter().filter(|name| name.parse::<usize>().is_err());
    names.cloned().collect::<Vec<_>>().join(".")
}

fn known_keys() -> Result<Leaves, ConfigError> {
    Value::serialize(Config::default())
        .map(|value| value.as_dict().map(leaves).unwrap_or_default())
        .map_err(|error| ConfigError::Syntax { path: PathBuf::from("default"), reason: error.to_string() })
}

fn leaves(dict: &Dict) -> Leaves {
    let mut found = Leaves::new();
    for (name, value) in dict {
        match value {
            Value::Dict(_, inner) if !inner.is_empty() => {
                found.extend(leaves(inner).into_iter().map(|(key, value)| (format!("{name}.{key}"), value)));
            }
            other => {
                found.insert(name.clone(), other.clone());
            }
        }
    }
    found
}

fn read_file(path: Option<&Path>) -> Result<Option<(PathBuf, Dict)>, ConfigError> {
    let file = path.unwrap_or(Path::new(DEFAULT_FILE)).to_owned();
    let text = match std::fs::read_to_string(&file) {
        Ok(text) => text,
        Err(error) if path.is_none() && error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(reason) => return Err(ConfigError::Unreadable { path: file, reason }),
    };
    match Toml::from_str(&text) {
        Ok(dict) => Ok(Some((file, dict))),
        Err(error) => Err(ConfigError::Syntax { path: file, reason: error.to_string() }),
    }
}

struct Variable {
    name: String,
    key: String,
    value: Value,
}

/// The variables that are meant for us. A name without `__` belongs to something else (a test, a wrapper), unless
/// it is a setting written with one underscore: that would be ignored in silence, so it is refused.
fn read_environment(
    environment: impl IntoIterator<Item = (OsString, OsString)>,
    known: &Leaves,
) -> Result<Vec<Variable>, ConfigError> {
    let mut variables = Vec::new();
    let mut problems = Vec::new();
    for (name, value) in environment {
        let Some(name) = name.into_string().ok().filter(|name| name.starts_with(PREFIX)) else { continue };
        match (key_of(&name), value.into_string()) {
            (Some(key), Ok(text)) => variables.push(Variable { value: typed(&text, known.get(&key)), name, key }),
            (Some(key), Err(_)) => problems.push(refused(&key, &name, "not UTF-8; write it in UTF-8".to_owned())),
            (None, _) => problems.extend(missing_underscore(&name, known)),
        }
    }
    if problems.is_empty() { Ok(variables) } else { Err(ConfigError::Unusable(problems)) }
}

fn key_of(variable: &str) -> Option<String> {
    let rest = variable.strip_prefix(PREFIX)?;
    rest.contains(SEPARATOR).then(|| rest.to_lowercase().replace(SEPARATOR, "."))
}

fn missing_underscore(variable: &str, known: &Leaves) -> Option<Problem> {
    let rest = variable.strip_prefix(PREFIX)?.to_lowercase();
    let key = known.keys().find(|key| key.replace('.', "_") == rest)?;
    let meant = format!("{PREFIX}{}", key.replace('.', SEPARATOR).to_uppercase());
    Some(refused(key, variable, format!("section and key are parted by two underscores; write {meant}")))
}

/// The environment knows only text, so the key's default says what the text stands for. Text that does not fit
/// stays text, and the type of the key refuses it.
fn typed(text: &str, default: Option<&Value>) -> Value {
    match default {
        Some(Value::Num(..)) => text.trim().parse::<i64>().map_or_else(|_| Value::from(text), Value::from),
        Some(Value::Bool(..)) => text.trim().parse::<bool>().map_or_else(|_| Value::from(text), Value::from),
        Some(Value::Array(..)) => Value::from(list(text)),
        _ => Value::from(text),
    }
}

/// `a, b` as well as TOML's `["a", "b"]`.
fn list(text: &str) -> Vec<Value> {
    let inner = text.trim().trim_start_matches('[').trim_end_matches(']');
    let items = inner.split(',').map(|item| item.trim().trim_matches(['"', '\'']));
    items.filter(|item| !item.is_empty()).map(Value::from).collect()
}

fn refused(key: &str, origin: &str, complaint: String) -> Problem {
    Problem { key: key.to_owned(), value: None, origin: origin.to_owned(), complaint }
}

fn unknown(key: &str, origin: &str, known: &Leaves) -> Option<Problem> {
    if known.contains_key(key) {
        return None;
    }
    let section = format!("{key}.");
    if known.keys().any(|known| known.starts_with(&section)) {
        return Some(refused(key, origin, format!("a section and no key; write [{key}] above its keys")));
    }
    if let Some(parent) = known.keys().find(|known| key.starts_with(&format!("{known}."))) {
        return Some(refused(key, origin, format!("{parent} is a key and no section; give it one value")));
    }
    let nearest = known.keys().min_by_key(|known| distance(key, known)).map_or("", String::as_str);
    Some(refused(key, origin, format!("no such key; the nearest is {nearest}")))
}

/// How far a key is from a known one. The right key in the wrong section is nearer than another key of the section.
fn distance(written: &str, known: &str) -> (usize, usize) {
    let leaf = |key: &str| key.rsplit('.').next().unwrap_or_default().to_owned();
    let leaves = strsim::damerau_levenshtein(&leaf(written), &leaf(known));
    let whole = strsim::damerau_levenshtein(written, known);
    (leaves.min(whole), whole)
}

/// What a value of the wrong type is told. The types of `value` bring their own words with the remedy.
fn complaint(key: &str, kind: &Kind) -> String {
    match (key, kind) {
        ("server.listen" | "metrics.listen", _) => {
            "write an address with a port, such as 127.0.0.1:8536 or [::1]:8536".to_owned()
        }
        (_, Kind::Message(words)) => words.clone(),
        (_, Kind::UnknownVariant(_, choices)) => format!("write one of {}", choices.join(", ")),
        (_, Kind::InvalidType(_, expected) | Kind::InvalidValue(_, expected)) => {
            format!("write {}", plain(expected))
        }
        (_, other) => other.to_string(),
    }
}

/// The words of serde for a type, in words of people.
fn plain(expected: &str) -> &str {
    match expected {
        "u32" | "u64" | "usize" => "a whole number, not negative and without quotes",
        "a string" | "path string" => "text, in quotes",
        "a sequence" => "a list, such as [\"10.0.0.0/8\", \"fd00::/8\"]",
        other => other,
    }
}

fn show(key: &str, value: &Value) -> String {
    match (key, value) {
        // That there is none is no secret.
        ("metrics.token" | "moderation.hook.secret", value) if value.as_str() != Some("") => "***".to_owned(),
        ("storage.url", Value::String(_, text)) => format!("{:?}", mask_password(text)),
        (_, Value::String(_, text)) => format!("{text:?}"),
        (_, Value::Char(_, char)) => format!("\"{char}\""),
        (_, Value::Bool(_, bool)) => bool.to_string(),
        (_, Value::Num(_, num)) => show_number(*num),
        (_, Value::Empty(..)) => "nothing".to_owned(),
        (_, Value::Dict(..)) => "a table".to_owned(),
        (_, Value::Array(_, items)) => {
            let items: Vec<String> = items.iter().map(|item| show(key, item)).collect();
            format!("[{}]", items.join(", "))
        }
    }
}

fn show_number(number: Num) -> String {
    let whole = number.to_i128().map(|n| n.to_string()).or_else(|| number.to_u128().map(|n| n.to_string()));
    whole.or_else(|| number.to_f64().map(|n| n.to_string())).unwrap_or_default()
}
