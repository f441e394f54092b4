//! Decoders of foreign bytes: TLS records, X.509, AXML, zip, nmap XML, sshd and PAM files. Pure, bounded, fuzzed.
