//! Memory in large pages. Where much is stored, a server waits for the addresses of what it keeps more than for anything else, and one large
//! page has as many as 512 small ones: some 7 % more comes in of what others send. glibc asks the system for them where its environment says
//! so when a program begins, and only there; so a server begins once more, with that said. Most systems give them only to who asks.

use std::os::unix::process::CommandExt as _;
use std::process::Command;

/// Where glibc looks. Whoever has set it knows what they want; so does the server that has begun once more.
const TUNABLES: &str = "GLIBC_TUNABLES";

/// Ask for large pages wherever memory is taken.
/// <https://sourceware.org/glibc/manual/latest/html_node/Memory-Allocation-Tunables.html>, `glibc.malloc.hugetlb`
const LARGE_PAGES: &str = "glibc.malloc.hugetlb=1";

/// Begins once more, as the same process with the same arguments, if memory does not come in large pages yet. Where that cannot be done
/// the server goes on as it is: it is a little slower.
pub fn wanted() {
    let Ok(program) = std::env::current_exe() else { return };
    if std::env::var_os(TUNABLES).is_none() {
        let mut arguments = std::env::args_os();
        let name = arguments.next().unwrap_or_else(|| program.clone().into());
        let _not_done = Command::new(program).arg0(name).args(arguments).env(TUNABLES, LARGE_PAGES).exec();
    }
}
