package dev.pitrproof.wal;

/** A record whose checksum is right but whose content is not laid out as its version's headers say. */
final class InvalidRecordException extends Exception {

    private final String expected;
    private final String found;

    InvalidRecordException(String expected, String found) {
        super(null, null, false, false);
        this.expected = expected;
        this.found = found;
    }

    String expected() {
        return expected;
    }

    String found() {
        return found;
    }
}
