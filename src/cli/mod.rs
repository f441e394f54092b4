//! Flags -> requests -> calls -> exit code.

mod args;
mod assess;
mod check;
mod collect;
mod context;
mod evaluate;
mod evaluation;
mod failure;
mod gate;
mod inherited;
mod init;
mod layers;
mod localise;
mod machine;
mod output;
mod profile;
mod replay;
mod report;
mod scan;
pub mod schemas;
mod sealed;
mod trust;
mod usage;
mod verify;

use std::process::ExitCode;

use clap::CommandFactory as _;

pub use args::Arguments;
use args::Command;
use context::Context;

/// Done, findings or not.
const DONE: u8 = 0;
/// A negative verdict of gate, verify, replay, lint or test.
const NEGATIVE: u8 = 1;
/// A tool or input error.
const ERROR: u8 = 2;
/// A part is missing or incomplete.
const INCOMPLETE: u8 = 3;

/// Runs the command line of a process.
pub fn run(args: Vec<String>) -> ExitCode {
    let arguments = match Arguments::parse_localised(&args) {
        Ok(arguments) => arguments,
        Err(error) => {
            usage::print(&error, localise::wanted_language(&args));
            // Help and version are asked for; everything else is a mistake.
            return ExitCode::from(if error.use_stderr() { ERROR } else { DONE });
        }
    };
    let context = Context::new(&arguments);
    match dispatch(&context, arguments.command) {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            failure::report(&error, context.lang);
            ExitCode::from(ERROR)
        }
    }
}

/// The command line with its help in one language, as the documentation shows it.
pub fn command(lang: crate::model::Lang) -> clap::Command {
    localise::localised(Arguments::command(), lang)
}

fn dispatch(context: &Context, command: Command) -> anyhow::Result<u8> {
    match command {
        Command::Init(request) => init::run(context, &request),
        Command::Assess(request) => assess::run(context, &request),
        Command::Collect(request) => collect::run(context, &request),
        Command::Evaluate(request) => evaluate::run(context, &request),
        Command::Report(request) => report::run(context, &request),
        Command::Verify(request) => verify::run(context, &request),
        Command::Replay(request) => replay::run(context, &request),
        Command::Scan(request) => scan::run(context, &request),
        Command::Gate(request) => gate::run(context, &request),
        Command::Check(request) => check::run(context, request.action),
        Command::Profile(request) => profile::run(context, request.action),
        Command::Completions { shell } => {
            completions(context, shell);
            Ok(DONE)
        }
        Command::Parse { format } => {
            crate::collect::child::serve(&format)?;
            Ok(DONE)
        }
    }
}

fn completions(context: &Context, shell: clap_complete::Shell) {
    let mut command = command(context.lang);
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut command, "jixian", &mut script);
    output::raw(&String::from_utf8_lossy(&script));
}
