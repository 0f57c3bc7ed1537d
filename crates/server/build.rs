//! Packs the source of this program into it, so that every running server can offer exactly what it runs (AGPL section 13).

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;

/// What the source consists of. Whatever else lies in the folder is nobody's business.
const SOURCE: [&str; 22] = [
    ".cargo",
    ".ci",
    ".config",
    ".dockerignore",
    ".editorconfig",
    ".gitignore",
    "ARCHITECTURE.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "Cargo.lock",
    "Cargo.toml",
    "Dockerfile",
    "FEDERATION.md",
    "LICENSE",
    "README.md",
    "SECURITY.md",
    "clippy.toml",
    "config",
    "crates",
    "docker-compose.yml",
    "migrations",
    "rustfmt.toml",
];
/// The same, where it may be left out: an image is built without it.
const BESIDE: [&str; 2] = ["docs", "tests"];
/// Folders within those that are made, not written.
const MADE: [&str; 3] = ["target", "node_modules", "shots"];

fn main() -> io::Result<()> {
    let root = PathBuf::from(env("CARGO_MANIFEST_DIR")?).join("../..").canonicalize()?;
    let mut files = Vec::new();
    for name in SOURCE.iter().chain(&BESIDE) {
        let path = root.join(name);
        if path.is_dir() {
            collect(&path, &mut files)?;
        } else if path.is_file() {
            files.push(path);
        }
    }
    files.sort();
    let file = fs::File::create(PathBuf::from(env("OUT_DIR")?).join("source.tar.gz"))?;
    let mut archive = tar::Builder::new(GzEncoder::new(file, Compression::new(6)));
    archive.mode(tar::HeaderMode::Deterministic);
    for path in &files {
        let name = path.strip_prefix(&root).map_err(io::Error::other)?;
        append(&mut archive, path, &Path::new("rejoinder").join(name))?;
        println!("cargo::rerun-if-changed={}", path.display());
    }
    archive.into_inner()?.finish()?;
    Ok(())
}

fn append(archive: &mut tar::Builder<impl io::Write>, path: &Path, name: &Path) -> io::Result<()> {
    if path.extension().is_none_or(|extension| extension != "toml")
        || !path.components().any(|part| part.as_os_str() == "config")
    {
        return archive.append_path_with_name(path, name);
    }
    let text = fs::read_to_string(path)?;
    let clean: String = text.lines().map(|line| format!("{}\n", without_secret(line))).collect();
    let mut header = tar::Header::new_gnu();
    header.set_size(clean.len() as u64);
    header.set_mode(0o644);
    archive.append_data(&mut header, name, clean.as_bytes())
}

/// A host may have written secrets into the configuration file before building; they are not part of the source.
fn without_secret(line: &str) -> &str {
    match line.split_once('=').map(|(key, _)| key.trim()) {
        Some("token") => "token = \"\"",
        Some("url") => "url = \"\"",
        _ => line,
    }
}

fn env(name: &str) -> io::Result<String> {
    std::env::var(name).map_err(io::Error::other)
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    println!("cargo::rerun-if-changed={}", folder.display());
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let (name, kind) = (entry.file_name(), entry.file_type()?);
        let hidden = name.to_string_lossy().starts_with('.');
        if kind.is_dir() && !hidden && !MADE.iter().any(|made| name == *made) {
            collect(&entry.path(), files)?;
        } else if kind.is_file() && !is_private(&name.to_string_lossy()) {
            files.push(entry.path());
        }
    }
    Ok(())
}

/// Logs, and what holds settings of one machine.
fn is_private(name: &str) -> bool {
    name.ends_with(".log") || name.starts_with(".env") || name.ends_with(".local.toml")
}
