//! `jixian init`: a commented inventory to start from.

use std::path::Path;

use crate::inventory;

use super::args::Init;
use super::context::{self, Context};
use super::output;

pub fn run(context: &Context, request: &Init) -> anyhow::Result<u8> {
    let text = inventory::template(context.lang);
    if request.file == Path::new("-") {
        output::raw(text);
        return Ok(super::DONE);
    }
    context.refuse_existing(&request.file)?;
    context::write_new(&request.file, text.as_bytes())?;
    let file = request.file.display();
    output::line(&match context.lang {
        crate::model::Lang::Zh => {
            format!("已写出 {file}。按注释改成自己的情况，然后运行：jixian assess {file} --out out")
        }
        crate::model::Lang::En => {
            format!("Wrote {file}. Change it to what you have, then run: jixian assess {file} --out out")
        }
    });
    Ok(super::DONE)
}
