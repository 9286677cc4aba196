f=$1; objdump -d --no-show-raw-insn "$f" 2>/dev/null | grep -P '\tv?(rcp|rsqrt)[ps]s\b|\tvrcp14|\tvrsqrt14|\tvrcp28' > /tmp/cf/scan/$(echo $f | tr / _).txt
