#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# check_purity.sh ARCHIVE...   fails when base, domain or codecs reach for the clock, files, sockets, threads,
# randomness, the environment or the terminal. Only undefined symbols count: what a library asks of the world.
forbidden='^(clock_gettime|gettimeofday|time|localtime(_r)?|nanosleep|usleep|sleep|open(64)?|openat(64)?|creat|fopen(64)?|freopen|opendir|stat(64)?|lstat(64)?|unlink|rename|mkdir|socket|connect|bind|listen|accept4?|send(to|msg)?|recv(from|msg)?|getaddrinfo|pthread_create|fork|v?fork|exec[vl]p?e?|posix_spawnp?|system|popen|getrandom|rand|srand|random|arc4random|RAND_bytes|getenv|secure_getenv|printf|puts|fputs|perror|_ZNSt6chrono3_V21[0-9]+(system|steady)_clock3nowEv|_ZNSt13random_device.*|_ZNSt6thread.*|_ZNSt1[34]basic_[io]?f(stream|ilebuf).*|_ZNSt10filesystem.*|_ZSt4cout|_ZSt4cerr|_ZSt4clog)(@.*)?$'
status=0
for archive in "$@"; do
    found=$(nm --undefined-only "$archive" 2>/dev/null | awk '$1 == "U" { print $2 }' | sort -u | grep -E "$forbidden")
    if [ -n "$found" ]; then
        echo "$archive is not pure; it asks for:" && echo "$found" | c++filt | sed 's/^/  /'
        status=1
    fi
done
[ $status -eq 0 ] && echo "$# libraries ask nothing of the world"
exit $status
