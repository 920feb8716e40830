#!/bin/bash
# Copies the documentation, with all that it points to, so that no link is dead: packaging/linux/docs.sh OUT
set -euo pipefail

out=$(realpath -m "$1")
root=$(realpath "$(dirname "$(realpath "$0")")/../..")
cd "$root"

queue=(README.md docs/*.md)
while ((${#queue[@]})); do
    file=${queue[0]} queue=("${queue[@]:1}")
    [[ ! -e $out/$file ]] || continue
    install -D -m 644 "$file" "$out/$file"
    [[ $file == *.md ]] || continue
    while IFS= read -r link; do
        linked=$(realpath -m --relative-to=. "$(dirname "$file")/$link")
        if [[ -f $linked ]]; then queue+=("$linked"); fi
    done < <(grep -oP '\]\(\K(?![a-z]+:|#)[^)#\s]+' "$file" | sort -u)
done
