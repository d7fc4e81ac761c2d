#!/bin/sh
# restore_command of a standby that is led through the WAL one position after another.
#
#   stage-wal.sh STAGE ARCHIVE GIVEN JOURNAL NAME PATH        (NAME is %f, PATH is %p)
#
# STAGE/generation  a number, another one for each position; written last, when everything for it is there
# STAGE/whole       the names of the files that may be had from ARCHIVE as they are, one a line
# STAGE/NAME        a segment with zeros behind the position; had once in each generation
# GIVEN             what was had last from STAGE: name and generation
#
# Exit 0:   the file is at PATH, whole.
# Exit 1:   there is no such file, or nothing new in it. The server has what it can have, and asks again.
# Exit 200: a file that must be there cannot be copied; this stops the server.
#
# Every request is appended to JOURNAL as one line: name result size generation, where result is restored, waiting or
# failed.

stage=$1
archive=$2
given=$3
journal=$4
name=$5
path=$6
unfinished=$path.unfinished

answer() {
	printf '%s %s %s %s\n' "$name" "$1" "$2" "$generation" >>"$journal" || {
		printf 'stage-wal.sh: cannot write to the journal "%s"\n' "$journal" >&2
		exit 200
	}
	exit "$3"
}

fail() {
	printf 'stage-wal.sh: %s\n' "$1" >&2
	rm -f "$unfinished"
	answer failed 0 200
}

if [ $# -ne 6 ]; then
	printf 'stage-wal.sh: expected 6 arguments: stage, archive, given, journal, name, path; got %s\n' $# >&2
	exit 200
fi

generation='?'
# before anything else: whatever is looked at from here on belongs to this generation, or a later one
read -r generation <"$stage/generation" || fail "cannot read \"$stage/generation\""

if [ -f "$stage/$name" ]; then
	last=
	[ ! -f "$given" ] || read -r last <"$given"
	[ "$last" != "$name $generation" ] || answer waiting 0 1
	cp "$stage/$name" "$unfinished" || fail "cannot copy \"$stage/$name\""
	printf '%s %s\n' "$name" "$generation" >"$given" || fail "cannot write to \"$given\""
elif grep -Fxq -e "$name" "$stage/whole"; then
	cp "$archive/$name" "$unfinished" || fail "cannot copy \"$archive/$name\""
else
	answer waiting 0 1
fi
size=$(wc -c <"$unfinished") || fail "cannot read \"$unfinished\""
mv -f "$unfinished" "$path" || fail "cannot rename \"$unfinished\" to \"$path\""
answer restored $((size)) 0
