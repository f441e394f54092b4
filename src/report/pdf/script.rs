//! What kind of character one is, for spacing and line breaks.

/// Han characters proper.
pub(super) fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}' | '々' | '〇')
}

/// Han, Chinese punctuation and full-width forms: justified text may be stretched behind each of them.
pub(super) fn is_wide(c: char) -> bool {
    is_han(c) || matches!(c, '\u{2e80}'..='\u{303f}' | '\u{3040}'..='\u{33ff}' | '\u{ff00}'..='\u{ffef}')
}

/// Curly quotes, dashes and the ellipsis belong to both scripts; their neighbours decide.
pub(super) fn is_shared_punctuation(c: char) -> bool {
    matches!(c, '“' | '”' | '‘' | '’' | '—' | '…' | '·')
}

/// Full-width punctuation whose ink is in the right half: the left half can be squeezed.
pub(super) fn opens(c: char) -> bool {
    matches!(c, '（' | '《' | '〈' | '【' | '「' | '『' | '〔' | '［' | '｛' | '〖' | '“' | '‘')
}

/// Full-width punctuation whose ink is in the left half: the right half can be squeezed.
pub(super) fn closes(c: char) -> bool {
    matches!(
        c,
        '，' | '。'
            | '、'
            | '；'
            | '：'
            | '）'
            | '》'
            | '〉'
            | '】'
            | '」'
            | '』'
            | '〕'
            | '］'
            | '｝'
            | '〗'
            | '”'
            | '’'
            | '．'
    )
}

/// Must not begin a line.
pub(super) fn no_line_start(c: char) -> bool {
    closes(c)
        || matches!(
            c,
            '？' | '！'
                | '…'
                | '—'
                | '·'
                | '～'
                | '％'
                | '‰'
                | '℃'
                | '°'
                | '/'
                | '／'
                | '%'
                | '℉'
                | '々'
                | '!'
                | ','
        )
        || matches!(c, '.' | ':' | ';' | '?' | ')' | ']' | '}' | '›' | '»')
}

/// Must not end a line.
pub(super) fn no_line_end(c: char) -> bool {
    opens(c) || matches!(c, '￥' | '＄' | '£' | '(' | '[' | '{' | '‹' | '«' | '№' | '＃')
}

#[cfg(test)]
mod tests {
    use super::{closes, no_line_end, no_line_start, opens};

    #[test]
    fn every_bracket_pair_has_both_halves() {
        for (open, close) in "（《〈【「『〔［｛〖“‘".chars().zip("）》〉】」』〕］｝〗”’".chars())
        {
            assert!(opens(open) && no_line_end(open), "{open}");
            assert!(closes(close) && no_line_start(close), "{close}");
        }
    }
}
