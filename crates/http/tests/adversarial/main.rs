//! What is known to have gone wrong at other servers, tried on this one, each thing by its number in `numbers.txt`: over a real listener, with
//! the real inbox, the real worker and the real client, whose check of addresses stays on. Not here: how a part does it; its own tests say that.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
#![expect(clippy::indexing_slicing, reason = "a test that finds something else has failed")]

extern crate rejoinder_http as door;

mod a_signature;
mod b_identity;
mod c_authority;
mod d_fetching;
mod e_names;
mod f_size;
mod g_text;
mod h_disclosure;
mod house;
mod i_operations;
mod letter;
mod numbers;
mod peer;
mod scene;
mod voice;
