package dev.pitrproof.cli;

import dev.pitrproof.wal.RelationName;
import dev.pitrproof.wal.Removal;
import dev.pitrproof.wal.WalEntry.RelationFile;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** A removal as JSON: what, database, schema, name and kind where they are known, oid, file. Keys are only added. */
final class RemovalJson {

    static final JsonMapper MAPPER = new JsonMapper();

    private RemovalJson() {}

    static ObjectNode of(Removal removal) {
        ObjectNode json = MAPPER.createObjectNode();
        json.put("what", removal.what().words());
        json.put("relation", removal.toString());
        RelationName name = removal.name();
        if (name != null) {
            json.put("schema", name.schema()).put("name", name.name()).put("kind", String.valueOf(name.kind()));
        }
        if (removal.databaseName() != null) {
            json.put("database", removal.databaseName());
        }
        json.put("databaseOid", Integer.toUnsignedLong(removal.database()));
        if (removal.relation() != 0) {
            json.put("oid", Integer.toUnsignedLong(removal.relation()));
        }
        RelationFile file = removal.file();
        if (file != null) {
            json.put("file", file.toString());
        }
        return json;
    }
}
