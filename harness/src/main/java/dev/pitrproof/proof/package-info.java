/**
 * The oracle, the claims and the verdict: where PostgreSQL must stop by the WAL alone, and whether the restored
 * cluster's answers agree.
 *
 * <p>Pure: it reads WAL facts and a witness's answers, opens no file and no connection, so that a judgement can be made
 * again later from recorded answers.
 */
@NullMarked
package dev.pitrproof.proof;

import org.jspecify.annotations.NullMarked;
