//! Crontabs of the system and of users.

/// One job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    /// Five fields, or `@daily` and its like.
    pub schedule: String,
    pub user: String,
    pub command: String,
}

/// Reads a crontab. `owner` is the user whose table it is; tables of the system name the user in each line.
pub fn read(text: &str, owner: Option<&str>) -> Vec<Job> {
    super::conf::lines(text).filter_map(|(_, line)| job(line, owner)).collect()
}

fn job(line: &str, owner: Option<&str>) -> Option<Job> {
    let fields = if line.starts_with('@') { 1 } else { 5 };
    let mut rest = line;
    let mut schedule = Vec::new();
    for _ in 0..fields {
        let (word, after) = rest.split_once(char::is_whitespace)?;
        // `NAME=value` lines set the environment.
        if schedule.is_empty() && word.contains('=') {
            return None;
        }
        schedule.push(word);
        rest = after.trim_start();
    }
    if fields == 5
        && !schedule.iter().all(|field| field.chars().all(|c| c.is_ascii_alphanumeric() || "*/,-".contains(c)))
    {
        return None;
    }
    let (user, command) = match owner {
        Some(owner) => (owner, rest),
        None => rest.split_once(char::is_whitespace)?,
    };
    let command = command.trim();
    (!command.is_empty()).then(|| Job {
        schedule: schedule.join(" "),
        user: user.to_owned(),
        command: command.to_owned(),
    })
}

/// Whether a command looks like a backup: by the names of tools, or the word itself.
pub fn looks_like_backup(command: &str) -> bool {
    const SIGNS: &[&str] = &[
        "backup",
        "restic",
        "borg",
        "rsync",
        "rclone",
        "mysqldump",
        "mariabackup",
        "xtrabackup",
        "pg_dump",
        "pg_basebackup",
        "pgbackrest",
        "barman",
        "duplicity",
        "bacula",
        "amanda",
        "bareos",
        "timeshift",
        "dump ",
        "rman",
    ];
    let lower = command.to_lowercase();
    SIGNS.iter().any(|sign| lower.contains(sign))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn tables_of_system_and_users_are_read() {
        let system = read(
            "SHELL=/bin/sh\n17 *\t* * *\troot\tcd / && run-parts --report /etc/cron.hourly\n@daily ops /usr/bin/backup.sh\n",
            None,
        );
        assert_eq!(system.len(), 2);
        assert_eq!((system[0].user.as_str(), system[0].schedule.as_str()), ("root", "17 * * * *"));
        assert!(looks_like_backup(&system[1].command));
        let user = read("0 2 * * * rsync -a /data backup:/data\nMAILTO=x\n", Some("ops"));
        assert_eq!((user.len(), user[0].user.as_str()), (1, "ops"));
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in "([*0-9@a ]|\\n|=|\\PC)*") {
            let _ = (read(&text, None), read(&text, Some("u")));
        }
    }
}
