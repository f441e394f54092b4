//! Text to tree, on a stack that hostile nesting cannot overflow.

use std::{cell::Cell, panic, thread};

use cel::{
    IdedExpr,
    common::ast::{EntryExpr, Expr, SourceInfo},
    parser::Parser,
};

use crate::{checks::text, model::Text};

use super::{Issue, Issues, LENGTH, NESTING};

/// Deepest nesting of parts: chains of operators and fields nest without brackets.
const PARTS: usize = 2 * NESTING;

/// Stack of the thread that parses, in bytes: the parser recurses with the text, which is at most 4 KiB long.
const STACK: usize = 64 << 20;

thread_local! {
    static LARGE: Cell<bool> = const { Cell::new(false) };
}

/// Runs `work` where the parser may recurse; at once where this thread is already such a place.
pub(crate) fn on_a_large_stack<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    if LARGE.get() {
        return work();
    }
    thread::scope(|scope| {
        let run = move || {
            LARGE.set(true);
            work()
        };
        match thread::Builder::new().stack_size(STACK).spawn_scoped(scope, run) {
            Ok(thread) => thread.join().unwrap_or_else(|payload| panic::resume_unwind(payload)),
            Err(error) => panic!("no thread can be started: {error}"),
        }
    })
}

/// Runs `work` over the parts of a list on as many threads as there are processors, all with a large stack; the results
/// are in the order of the list.
pub(crate) fn in_parallel<I: Sync, O: Send>(items: &[I], work: impl Fn(&[I]) -> Vec<O> + Sync) -> Vec<O> {
    let threads = thread::available_parallelism().map_or(1, usize::from).clamp(1, 8);
    let chunk = items.len().div_ceil(threads).max(1);
    thread::scope(|scope| {
        let work = &work;
        let parts: Vec<_> =
            items.chunks(chunk).map(|part| scope.spawn(move || on_a_large_stack(|| work(part)))).collect();
        let joined = parts.into_iter().map(|part| part.join().unwrap_or_else(|payload| panic::resume_unwind(payload)));
        joined.flatten().collect()
    })
}

/// Parses within the caps. Errors carry their place.
pub(super) fn parse(text: &str) -> Result<(IdedExpr, SourceInfo), Issues> {
    if text.len() > LENGTH {
        return Err(Issues::one(text!("表达式超过 {LENGTH} 字节", "the expression is longer than {LENGTH} bytes")));
    }
    if brackets(text) > NESTING {
        return Err(Issues::one(text!("括号嵌套超过 {NESTING} 层", "brackets nest deeper than {NESTING}")));
    }
    let (ast, source) = Parser::new().parse_with_source_info(text).map_err(|errors| syntax(&errors))?;
    if depth(&ast) > PARTS {
        return Err(Issues::one(text!("各部分嵌套超过 {PARTS} 层", "parts nest deeper than {PARTS}")));
    }
    Ok((ast, source))
}

/// Puts an issue at its place in the text.
pub(super) fn locate(mut issue: Issue, source: &SourceInfo) -> Issue {
    if let Some((start, _)) = source.offset_for(issue.node) {
        issue.place = Some(line_column(&source.source, start as usize));
    }
    issue
}

/// Line and column, from 1, of a byte of the text.
pub(super) fn line_column(text: &str, byte: usize) -> (usize, usize) {
    let before = &text[..text.floor_char_boundary(byte)];
    let line = before.rsplit('\n').next().unwrap_or_default();
    (1 + before.matches('\n').count(), 1 + line.chars().count())
}

fn syntax(errors: &cel::ParseErrors) -> Issues {
    let issue = |error: &cel::ParseError| {
        let at = |n: isize| usize::try_from(n).unwrap_or(1).max(1);
        let message: String = error.msg.chars().filter(|c| !c.is_control()).take(200).collect();
        let place = (error.pos.0 > 0).then(|| (at(error.pos.0), at(error.pos.1)));
        Issue {
            node: 0, place, message: text!("不是表达式：{message}", "not an expression: {message}"), help: None
        }
    };
    let issues: Vec<_> = errors.errors.iter().take(3).map(issue).collect();
    if issues.is_empty() {
        return Issues::one(Text::new("不是表达式", "not an expression"));
    }
    Issues(issues)
}

/// The deepest nesting of brackets, also of those inside strings: a bound is all that is needed.
fn brackets(text: &str) -> usize {
    let (mut now, mut most) = (0_usize, 0);
    for byte in text.bytes() {
        match byte {
            b'(' | b'[' | b'{' => now += 1,
            b')' | b']' | b'}' => now = now.saturating_sub(1),
            _ => {}
        }
        most = most.max(now);
    }
    most
}

fn depth(e: &IdedExpr) -> usize {
    1 + match &e.expr {
        Expr::Call(call) => {
            let target = call.target.as_deref().into_iter();
            target.chain(&call.args).map(depth).max().unwrap_or(0)
        }
        Expr::Select(select) => depth(&select.operand),
        Expr::List(list) => list.elements.iter().map(depth).max().unwrap_or(0),
        Expr::Comprehension(c) => depth(&c.iter_range).max(depth(&c.loop_step)),
        Expr::Map(map) => map.entries.iter().map(|e| entry_depth(&e.expr)).max().unwrap_or(0),
        Expr::Struct(message) => message.entries.iter().map(|e| entry_depth(&e.expr)).max().unwrap_or(0),
        Expr::Ident(_) | Expr::Literal(_) | Expr::Unspecified => 0,
    }
}

fn entry_depth(entry: &EntryExpr) -> usize {
    match entry {
        EntryExpr::StructField(field) => depth(&field.value),
        EntryExpr::MapEntry(entry) => depth(&entry.key).max(depth(&entry.value)),
    }
}
