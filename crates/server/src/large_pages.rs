//! Memory in large pages. Where much is stored, a server waits for the addresses of what it keeps more than for anything else, and one large
//! page has as many as 512 small ones: some 7 % more comes in of what others send. glibc asks the system for them where its environment says
//! so when a program begins, and only there; so a server begins once more, with that said. Most systems give them only to who asks.

use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;
use std::process::Command;

/// Where glibc looks. Whoever has set it knows what they want.
const TUNABLES: &str = "GLIBC_TUNABLES";
/// Says that the server has begun once more: from programs with capabilities of their own glibc takes away the other.
const BEGUN: &str = "LARGE_PAGES_WANTED";

/// Ask for large pages wherever memory is taken.
/// <https://sourceware.org/glibc/manual/latest/html_node/Memory-Allocation-Tunables.html>, `glibc.malloc.hugetlb`
const LARGE_PAGES: &str = "glibc.malloc.hugetlb=1";

/// Begins once more, as the same process with the same arguments, if memory does not come in large pages yet. Where that cannot be done
/// the server goes on as it is: it is a little slower.
pub fn wanted() {
    let Some(program) = program() else { return };
    if [TUNABLES, BEGUN].into_iter().all(|name| std::env::var_os(name).is_none()) {
        let mut arguments = std::env::args_os();
        let name = arguments.next().unwrap_or_else(|| program.clone().into());
        let mut once_more = Command::new(program);
        let _not_done = once_more.arg0(name).args(arguments).env(TUNABLES, LARGE_PAGES).env(BEGUN, "yes").exec();
    }
}

/// The file of this program; none where somebody has the system's loader load it, which would take the arguments for its own.
fn program() -> Option<PathBuf> {
    let program = std::env::current_exe().ok()?;
    let is_loader = program.file_name()?.as_encoded_bytes().starts_with(b"ld");
    (!is_loader).then_some(program)
}
