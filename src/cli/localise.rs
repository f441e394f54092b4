//! Help texts are written in both languages; a reader gets one.

use clap::{CommandFactory as _, FromArgMatches as _};

use crate::model::Lang;

use super::args::Arguments;

impl Arguments {
    /// Parses the process's arguments; help and errors come in the language that `--lang` asks for.
    pub fn parse_localised(args: &[String]) -> Result<Self, clap::Error> {
        let matches = localised(Self::command(), wanted_language(args)).try_get_matches_from(args)?;
        Self::from_arg_matches(&matches)
    }
}

/// The command with its help in one language.
pub fn localised(command: clap::Command, lang: Lang) -> clap::Command {
    let about = command.get_about().map(|text| half(&text.to_string(), lang));
    let names: Vec<_> = command.get_subcommands().map(|sub| sub.get_name().to_owned()).collect();
    let mut command = command.mut_args(|arg| match arg.get_help().map(ToString::to_string) {
        Some(help) => arg.help(half(&help, lang)),
        None => arg,
    });
    if let Some(about) = about {
        command = command.about(about);
    }
    for name in names {
        command = command.mut_subcommand(name, |sub| localised(sub, lang));
    }
    command
}

fn half(text: &str, lang: Lang) -> String {
    match text.split_once(" ｜ ") {
        Some((zh, en)) => lang.pick(zh, en).to_owned(),
        None => text.to_owned(),
    }
}

/// The language that the arguments ask for, whatever else may be wrong with them.
pub fn wanted_language(args: &[String]) -> Lang {
    let mut args = args.iter();
    while let Some(arg) = args.next() {
        let value = match arg.strip_prefix("--lang=") {
            Some(value) => Some(value),
            None if arg == "--lang" => args.next().map(String::as_str),
            None => None,
        };
        if let Some(Ok(lang)) = value.map(str::parse) {
            return lang;
        }
    }
    Lang::Zh
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::{super::Arguments, localised};
    use crate::model::Lang;

    #[test]
    fn the_command_line_is_consistent() {
        localised(Arguments::command(), Lang::Zh).debug_assert();
    }

    #[test]
    fn every_help_text_has_both_languages() {
        fn visit(command: &clap::Command, without: &mut Vec<String>) {
            let about = command.get_about().map(ToString::to_string).unwrap_or_default();
            if !about.contains(" ｜ ") {
                without.push(command.get_name().to_owned());
            }
            for arg in command.get_arguments().filter(|arg| !matches!(arg.get_id().as_str(), "help" | "version")) {
                let help = arg.get_help().map(ToString::to_string).unwrap_or_default();
                if !help.contains(" ｜ ") && command.get_name() != "__parse" {
                    without.push(format!("{} {}", command.get_name(), arg.get_id()));
                }
            }
            command.get_subcommands().for_each(|sub| visit(sub, without));
        }
        let mut without = Vec::new();
        visit(&Arguments::command(), &mut without);
        assert_eq!(without, Vec::<String>::new());
    }
}
