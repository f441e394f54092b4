//! The one thread that writes and syncs.

use std::{
    sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel},
    thread,
};

use super::{
    EvidenceError,
    disk::{Disk, SYNC_EVERY},
};

/// Jobs that may wait. With windows of 256 KiB this bounds what large artifacts hold in memory.
const QUEUE: usize = 16;

type Job = Box<dyn FnOnce(&mut Disk) + Send>;

/// Hands work to the writing thread. The thread ends when the last handle is gone.
#[derive(Clone, Debug)]
pub(super) struct Writer {
    jobs: SyncSender<Job>,
}

impl Writer {
    pub fn start(disk: Disk) -> Result<Self, EvidenceError> {
        let (jobs, queue) = sync_channel(QUEUE);
        let root = disk.root().to_owned();
        thread::Builder::new()
            .name("evidence".to_owned())
            .spawn(move || serve(disk, &queue))
            .map_err(EvidenceError::io("start the writer of", root))?;
        Ok(Self { jobs })
    }

    /// Does `work` on the writing thread and waits for its result.
    pub fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Disk) -> Result<T, EvidenceError> + Send + 'static,
    ) -> Result<T, EvidenceError> {
        let (reply, answer) = sync_channel(1);
        self.send(move |disk| {
            let _ = reply.send(disk.take_late_error().and_then(|()| work(disk)));
        })?;
        answer.recv().map_err(|_| EvidenceError::WriterGone)?
    }

    /// Hands over `work` without waiting for it, only for room in the queue.
    pub fn send(&self, work: impl FnOnce(&mut Disk) + Send + 'static) -> Result<(), EvidenceError> {
        self.jobs.send(Box::new(work)).map_err(|_| EvidenceError::WriterGone)
    }
}

fn serve(mut disk: Disk, queue: &Receiver<Job>) {
    loop {
        let job = if disk.is_clean() {
            queue.recv().map_err(|_| RecvTimeoutError::Disconnected)
        } else {
            queue.recv_timeout(SYNC_EVERY)
        };
        match job {
            Ok(job) => job(&mut disk),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => break,
        }
        disk.sync_if_due();
    }
    let _ = disk.sync();
}
