// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace oakum::kernel_build {

// For which options the files of a kernel's source are compiled.
class SourceMap {
  public:
    // The one that is part of the program; unpacked once.
    static const SourceMap& of_linux_6_1();

    std::string_view stream() const { return stream_; } // "6.1"
    // The ways in which a file gets into the kernel besides its folder's; "?": they cannot be told. Nothing:
    // its folder alone decides, or the map does not know it.
    std::optional<std::string_view> ways(std::string_view source) const;
    // Whether a file is left out, given which options are off ("NETLABEL").
    bool leaves_out(std::string_view source, const std::function<bool(std::string_view)>& is_off) const;

  private:
    explicit SourceMap(std::string text);

    std::string text_, stream_;
    // "net/ipv6/" or "net/ipv4/cipso_ipv4.c" -> "A&B|C": the ways into the kernel, and the options of each.
    std::unordered_map<std::string_view, std::string_view> lines_;
};

} // namespace oakum::kernel_build
