# Removes what a sandbox leaves behind when the program that made it dies.
#
# usage: sh -c SCRIPT NAME DIRECTORY [ENGINE CERTIFICATES]
#
# ENGINE is a container engine's address, where the servers are containers: unix://PATH or tcp://HOST:PORT.
# CERTIFICATES is a directory, or empty for no TLS.
#
# Standard input is a pipe from that program. A line "done" says that everything is gone and this script
# may go too; the end of the pipe without it says that the program is dead.

directory=$1
engine=$2
certificates=$3
case $directory in
    /?*/pitrproof-*) ;;
    *) exit 2 ;;
esac
# a Ctrl-C, or the end of a terminal or a job, must not end the one who cleans up after it
trap '' HUP INT TERM

read -r word
[ "$word" = done ] && exit 0

# The numbers in the process files may have been given to other processes since,
# so a process counts only if its command line names the directory.
servers() {
    for file in "$directory"/*/run/*.pid; do
        [ -f "$file" ] || continue
        read -r pid < "$file" || continue
        case $pid in ''|*[!0-9]*) continue ;; esac
        if [ -r "/proc/$pid/cmdline" ]; then
            arguments=$(tr '\0' ' ' < "/proc/$pid/cmdline")
        else
            arguments=$(ps -o args= -p "$pid")
        fi
        case $arguments in *"$directory"/*) echo "$pid" ;; esac
    done 2>/dev/null
}

# Docker's client, podman's, or curl: whatever is there talks to the engine.
with_docker() {
    if [ -n "$certificates" ]; then
        DOCKER_CERT_PATH=$certificates docker --host "$engine" --tlsverify "$@"
    else
        docker --host "$engine" "$@"
    fi
}

with_podman() { podman --url "$engine" "$@"; }

with_curl() { # PATH [OPTION...]
    path=$1
    shift
    case $engine in
        unix://*) curl -s -g --unix-socket "${engine#unix://}" "$@" "http://engine$path" ;;
        *) if [ -n "$certificates" ]; then
            curl -s -g --cacert "$certificates/ca.pem" --cert "$certificates/cert.pem" --key "$certificates/key.pem" \
                "$@" "https://${engine#tcp://}$path"
        else
            curl -s -g "$@" "http://${engine#tcp://}$path"
        fi ;;
    esac
}

# Where there is none of them, containers end by their own lifetime, and the next run removes them and the volumes.
remove_containers() {
    label=dev.pitrproof.run=${directory##*/}
    for client in docker podman; do
        command -v "$client" || continue
        # podman does not speak TLS
        [ $client = podman ] && [ -n "$certificates" ] && continue
        ids=$(with_$client ps --all --quiet --filter "label=$label") || continue
        [ -z "$ids" ] || with_$client rm --force --volumes $ids
        names=$(with_$client volume ls --quiet --filter "label=$label")
        [ -z "$names" ] || with_$client volume rm $names
        return
    done
    command -v curl || return
    filter=%7B%22label%22%3A%5B%22$label%22%5D%7D
    for id in $(with_curl "/containers/json?all=1&filters=$filter" | grep -o '"Id":"[0-9a-f]*"' | cut -d '"' -f 4); do
        with_curl "/containers/$id?force=1&v=1" -X DELETE
    done
    for name in $(with_curl "/volumes?filters=$filter" | grep -o '"Name":"[^"]*"' | cut -d '"' -f 4); do
        with_curl "/volumes/$name" -X DELETE
    done
} >/dev/null 2>&1

if [ -n "$engine" ]; then
    remove_containers
    # one that was just being started when the first were listed
    sleep 1
    remove_containers
fi

signal=QUIT
round=0
while pids=$(servers); [ -n "$pids" ] && [ $round -lt 100 ]; do
    for pid in $pids; do
        kill -"$signal" "$pid" 2>/dev/null
    done
    sleep 0.1 2>/dev/null || sleep 1
    round=$((round + 1))
    [ $round -ge 20 ] && signal=KILL
done

# What is mounted below the directory, one path a line. The table writes blanks and the like as octal digits.
mounted() {
    real=$(cd "$directory" && pwd -P) || return
    sed 's/\\\([0-7]\)/\\0\1/g' /proc/self/mounts | while read -r _ point _; do
        point=$(printf '%b' "$point")
        case $point in "$real"/*) printf '%s\n' "$point" ;; esac
    done
} 2>/dev/null

# a process that was just being started may still write into the directory
round=0
while [ -e "$directory" ] && [ $round -lt 50 ]; do
    mounted | while IFS= read -r point; do
        umount -l "$point" 2>/dev/null
    done
    # never down into a mount: what it shows is somebody else's
    { [ -z "$(mounted)" ] && rm -rf -- "$directory" 2>/dev/null; } || sleep 0.1 2>/dev/null || sleep 1
    round=$((round + 1))
done
