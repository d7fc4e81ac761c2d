package dev.pitrproof.wal;

/**
 * Finds a record's main data behind its block references and hands it to the decoder of its resource manager, as
 * {@code DecodeXLogRecord} of xlogreader.c does. Records of resource managers nobody asks about are left alone.
 */
final class RecordDecoder {

    static final WalEntry OTHER = new WalEntry.Other();

    /** {@code SizeOfXLogRecord}. */
    static final int HEADER_BYTES = 24;

    private static final int BLOCK_ID_LAST = 32;
    private static final int BLOCK_ID_DATA_SHORT = 255;
    private static final int BLOCK_ID_DATA_LONG = 254;
    private static final int BLOCK_ID_ORIGIN = 253;
    private static final int BLOCK_ID_TOPLEVEL_XID = 252;

    private static final int FORK_HAS_IMAGE = 0x10;
    private static final int FORK_SAME_RELATION = 0x80;
    private static final int IMAGE_HAS_HOLE = 0x01;
    private static final int RELATION_FILE_BYTES = 12;

    private RecordDecoder() {}

    static boolean interprets(WalVersion version, int rmid, int info) {
        return switch (rmid) {
            case WalRecord.RMID_TRANSACTION -> true;
            case WalRecord.RMID_XLOG -> XlogRecords.interprets(info);
            case WalRecord.RMID_STANDBY -> StandbyRecords.interprets(info);
            default -> RelationRecords.interprets(version, rmid, info);
        };
    }

    /** Decodes the record of {@code totalLength} bytes whose header is at {@code start} in {@code bytes}. */
    static WalEntry decode(WalVersion version, byte[] bytes, int start, int totalLength) throws InvalidRecordException {
        int xid = LittleEndian.intAt(bytes, start + 4);
        int info = bytes[start + 16] & 0xFF;
        int rmid = bytes[start + 17] & 0xFF;
        if (!interprets(version, rmid, info)) {
            return OTHER;
        }
        MainData main = mainData(version, new RecordCursor(bytes, start + HEADER_BYTES, totalLength - HEADER_BYTES));
        return switch (rmid) {
            case WalRecord.RMID_XLOG -> XlogRecords.decode(version, info, main.data);
            case WalRecord.RMID_TRANSACTION -> TransactionRecords.decode(version, info, xid, main.origin, main.data);
            case WalRecord.RMID_STANDBY -> StandbyRecords.decode(main.data);
            default -> RelationRecords.decode(rmid, main.data);
        };
    }

    /** {@code origin} is the replication origin's number, 0 if the record names none. */
    private record MainData(int origin, RecordCursor data) {}

    private static MainData mainData(WalVersion version, RecordCursor headers) throws InvalidRecordException {
        int origin = 0;
        long dataBytes = 0; // of the blocks seen so far and of the main data: they follow the last header
        int mainDataBytes = 0;
        while (headers.remaining() > dataBytes && mainDataBytes == 0) {
            int id = headers.readByte();
            if (id == BLOCK_ID_DATA_SHORT || id == BLOCK_ID_DATA_LONG) {
                mainDataBytes = id == BLOCK_ID_DATA_SHORT ? headers.readByte() : headers.readInt();
                dataBytes += Integer.toUnsignedLong(mainDataBytes);
            } else if (id == BLOCK_ID_ORIGIN) {
                origin = headers.readShort();
            } else if (id == BLOCK_ID_TOPLEVEL_XID && version.hasTopLevelXid()) {
                headers.skip(Integer.BYTES);
            } else if (id <= BLOCK_ID_LAST) {
                dataBytes += skipBlockHeader(version, headers);
            } else {
                throw new InvalidRecordException("a block reference or main data", "block id " + id);
            }
        }
        if (headers.remaining() != dataBytes) {
            throw new InvalidRecordException(
                    dataBytes + " bytes of data behind the block references", headers.remaining() + " bytes");
        }
        return new MainData(origin, headers.last(mainDataBytes));
    }

    /** Passes over what follows the block's id; returns how many bytes of image and data the block has. */
    private static long skipBlockHeader(WalVersion version, RecordCursor headers) throws InvalidRecordException {
        int forkFlags = headers.readByte();
        long dataBytes = headers.readShort();
        if ((forkFlags & FORK_HAS_IMAGE) != 0) {
            dataBytes += headers.readShort();
            headers.skip(Short.BYTES); // where the hole is
            int imageInfo = headers.readByte();
            if (version.isImageCompressed(imageInfo) && (imageInfo & IMAGE_HAS_HOLE) != 0) {
                headers.skip(Short.BYTES); // the hole's length
            }
        }
        if ((forkFlags & FORK_SAME_RELATION) == 0) {
            headers.skip(RELATION_FILE_BYTES);
        }
        headers.skip(Integer.BYTES); // block number
        return dataBytes;
    }
}
