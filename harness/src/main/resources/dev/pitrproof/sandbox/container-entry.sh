# The first process of a container: finds PostgreSQL in the image, and runs one of its programs.
#
# usage: sh -c SCRIPT NAME MAJOR LIFETIME LOG PROGRAM [ARGUMENT...]
#
# LIFETIME is in seconds; after it the program is ended, whoever may have forgotten the container. All output goes to
# LOG, or with "-" to the engine. The program "inspect" stands for: say what PostgreSQL this is. Exit code 127: there is none of that major.

major=$1
lifetime=$2
log=$3
program=$4
shift 4
if [ "$log" != - ]; then
	exec >>"$log" || exit 126
fi
exec 2>&1 </dev/null
cd / || exit 126
umask 077
export LC_ALL=C TZ=UTC

# what images set for their own entry scripts would change what the programs do
unset PGDATA PGHOST PGPORT PGUSER PGPASSWORD PGDATABASE PGOPTIONS PGSSLMODE

is_postgres() {
	[ -x "$1/postgres" ] && [ -x "$1/initdb" ] || return 1
	case $("$1/postgres" --version) in *"(PostgreSQL) $major."* | *"(PostgreSQL) $major"[a-z]*) return 0 ;; esac
	return 1
}

bin=
IFS=:
# Debian; Red Hat; Alpine; SUSE; a build from source; Bitnami; and wherever the image says
for directory in "/usr/lib/postgresql/$major/bin" "/usr/pgsql-$major/bin" "/usr/libexec/postgresql$major" \
	"/usr/lib/postgresql$major/bin" /usr/local/pgsql/bin /opt/bitnami/postgresql/bin $PATH; do
	if is_postgres "$directory"; then
		bin=$directory
		break
	fi
done
unset IFS
if [ -z "$bin" ]; then
	echo "no PostgreSQL $major in this image"
	exit 127
fi

if [ "$program" = inspect ]; then
	echo "version=$("$bin/postgres" --version)"
	echo "sha256=$(sha256sum "$bin/postgres")"
	for feature in lz4:liblz4. zstd:libzstd. icu:libicui18n. ssl:libssl. xml:libxml2.; do
		grep -q -F "${feature#*:}" "$bin/postgres" && echo "feature=${feature%%:*}"
	done
	# what is needed where files are copied to containers: somebody who is not root, and a program that connects
	while IFS=: read -r name _ uid gid _; do
		[ "$name" = nobody ] && [ "$uid" != 0 ] && echo "owner=$uid:$gid"
	done </etc/passwd
	command -v bash >/dev/null && echo "bash=yes"
	exit 0
fi

# Images have no init, or another "timeout", or one that refuses to be the first process as that of coreutils 9.10 does.
"$bin/$program" "$@" &
child=$!
for signal in HUP INT QUIT TERM USR1; do
	trap "kill -$signal $child" "$signal"
done
(
	trap - HUP INT QUIT TERM USR1
	sleep "$lifetime"
	echo "the container's lifetime of $lifetime s is over"
	kill -KILL "$child"
) &
while
	wait "$child"
	code=$?
	# a signal ends the waiting, not the program; one that has ended stays until it was waited for
	[ $code -gt 128 ] && kill -0 "$child" 2>/dev/null
do :; done
exit $code
