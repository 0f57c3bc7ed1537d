//! The house: which crate may know which. What ARCHITECTURE.md says is held here.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use cargo_metadata::{DependencyKind, MetadataCommand};

fn dependencies() -> BTreeMap<String, BTreeSet<String>> {
    let metadata = MetadataCommand::new().no_deps().exec().unwrap();
    let packages = metadata.packages.iter().map(|package| {
        let ordinary = package.dependencies.iter().filter(|dependency| dependency.kind == DependencyKind::Normal);
        (package.name.to_string(), ordinary.map(|dependency| dependency.name.clone()).collect())
    });
    packages.collect()
}

#[test]
fn dependencies_point_one_way() {
    let order = [
        "rejoinder-domain",
        "rejoinder-formats",
        "rejoinder-pages",
        "rejoinder-federation",
        "rejoinder-storage",
        "rejoinder-actions",
        "rejoinder-http",
        "rejoinder-server",
    ];
    let dependencies = dependencies();
    for (at, name) in order.iter().enumerate() {
        let above = &order[at..];
        let wrong: Vec<_> = dependencies[*name].iter().filter(|known| above.contains(&known.as_str())).collect();
        assert!(wrong.is_empty(), "{name} must not know {wrong:?}");
    }
}

#[test]
fn each_crate_keeps_to_its_room() {
    let dependencies = dependencies();
    let forbidden: [(&str, &[&str]); 7] = [
        ("rejoinder-domain", &["tokio", "serde", "serde_json", "diesel", "axum", "rand", "jiff", "reqwest"]),
        ("rejoinder-formats", &["tokio", "diesel", "axum", "rand", "reqwest", "rejoinder-federation"]),
        (
            "rejoinder-pages",
            &["rejoinder-formats", "tokio", "serde", "serde_json", "diesel", "axum", "rand", "reqwest"],
        ),
        (
            "rejoinder-federation",
            &["diesel", "axum", "rejoinder-storage", "rejoinder-pages", "rejoinder-formats", "rand"],
        ),
        (
            "rejoinder-storage",
            &[
                "rejoinder-federation",
                "rejoinder-pages",
                "rejoinder-formats",
                "serde_json",
                "axum",
                "reqwest",
                "jiff",
                "rand",
            ],
        ),
        ("rejoinder-actions", &["diesel", "axum", "tower-http", "askama", "rejoinder-pages"]),
        ("rejoinder-http", &["diesel", "rejoinder-formats"]),
    ];
    for (name, strangers) in forbidden {
        let found: Vec<_> = strangers.iter().filter(|stranger| dependencies[name].contains(**stranger)).collect();
        assert!(found.is_empty(), "{name} must not know {found:?}");
    }
}

/// The source files in and below a folder.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { sources(&path) } else { vec![path] }).collect()
}

/// They would never run.
#[test]
fn what_is_not_built_for_tests_has_none() {
    let metadata = MetadataCommand::new().no_deps().exec().unwrap();
    let untested: Vec<_> = metadata
        .packages
        .iter()
        .flat_map(|package| &package.targets)
        .filter(|target| !target.test && (target.is_lib() || target.is_bin()))
        .collect();
    assert!(!untested.is_empty());
    for target in untested {
        for file in sources(target.src_path.parent().unwrap().as_std_path()) {
            let text = std::fs::read_to_string(&file).unwrap();
            let has_tests = ["cfg(test)", "#[test]", "::test]"].iter().any(|mark| text.contains(mark));
            assert!(!has_tests, "{}: {} has `test = false`", file.display(), target.name);
        }
    }
}

/// Each handler that Axum itself wraps costs every build a tenth of a second.
#[test]
fn handlers_are_made_routes_in_one_place() {
    let http = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join("http/src");
    let mut uses: Vec<_> = sources(&http);
    uses.retain(|file| std::fs::read_to_string(file).unwrap().contains("routing::"));
    assert_eq!(uses, [http.join("routes.rs")]);
}

#[test]
fn templates_are_filled_in_pages_alone() {
    let http = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join("http/src");
    let mut files = sources(&http);
    files.retain(|file| std::fs::read_to_string(file).unwrap().contains("#[template("));
    assert!(files.is_empty(), "{files:?}");
}
