//! Renders every page with sample data into files, to be looked at and to be checked:
//! `cargo run -p rejoinder-pages --example gallery -- OUTDIR`. Serve the folder, not the files: pages
//! load their assets from `/assets`.

mod pages;
mod talk;
mod words;

use std::{error::Error, fs, path::Path, time::Instant};

use rejoinder_pages::{assets, views};

fn main() -> Result<(), Box<dyn Error>> {
    let Some(folder) = std::env::args().nth(1) else {
        return Err("which folder shall the pages go to?".into());
    };
    let folder = Path::new(&folder);
    fs::create_dir_all(folder.join("assets"))?;
    for asset in assets::ALL {
        fs::write(folder.join("assets").join(asset.name), asset.body)?;
    }
    for (name, html) in pages::all()? {
        fs::write(folder.join(format!("{name}.html")), html)?;
    }
    measure()
}

/// How long a large thread takes to arrange and render; meaningful in a release build only.
fn measure() -> Result<(), Box<dyn Error>> {
    for size in [1_000, 10_000] {
        let comments = talk::comments(size);
        let text: usize = comments.iter().map(|c| c.html.len()).sum();
        let begun = Instant::now();
        let page = pages::thread_of(comments);
        let page = views::render_large(&page, page.tree.room())?;
        let spent = begun.elapsed();
        let markup = (page.html.len() - text) / size;
        println!("{size} comments: {spent:?}, {} bytes, {markup} bytes of markup each", page.html.len());
    }
    Ok(())
}
