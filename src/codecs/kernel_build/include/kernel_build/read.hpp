// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <advisory/kernel_build.hpp>
#include <base/bytes.hpp>
#include <base/result.hpp>

#include <memory>

namespace oakum::kernel_build {

inline constexpr std::size_t largest = 64UL * 1024 * 1024; // unpacked
inline constexpr std::size_t most_files = 500'000;

// How a kernel was built, from what its builder has, plain or packed with gzip or zstd:
// - a configuration (".config", /boot/config-6.1.0-18-amd64, /proc/config.gz). Which option a file is
// compiled
//   for is known of Linux 6.1. A configuration of another version is believed where it says in so many words
//   that an option is not set; one of 6.1 also where it does not name the option.
// - a list of compiled files, one a line: "net/ipv4/tcp.o", "./net/ipv4/tcp.c", "net/ipv4/.tcp.o.cmd". What
// is
//   not in it is left out when Linux 6.1 compiles it by itself for some option, or when nothing of its folder
//   is in it. Paths may begin above the kernel's folder.
// - an SPDX 2.3 document (JSON) whose "files" are the compiled sources; likewise.
// Errors: invalid (none of these, or no whole list), too_large, corrupt.
base::Result<std::unique_ptr<advisory::KernelBuild>> read(base::ByteView bytes);

} // namespace oakum::kernel_build
