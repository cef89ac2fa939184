// SPDX-License-Identifier: Apache-2.0
#include "configuration.hpp"

#include "source_map.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <unordered_map>

namespace oakum::kernel_build {
namespace {

constexpr std::string_view set = "CONFIG_", not_set = "# CONFIG_", not_set_end = " is not set";

// Options of which a kernel has exactly one.
constexpr std::array<std::string_view, 22> architectures{
    "ALPHA",      "ARC",  "ARM",    "ARM64",    "CSKY",   "HEXAGON", "IA64", "LOONGARCH",
    "M68K",       "MIPS", "NIOS2",  "OPENRISC", "PARISC", "PPC",     "S390", "RISCV",
    "MICROBLAZE", "UML",  "SUPERH", "SPARC",    "XTENSA", "X86"};

bool is_architecture(std::string_view option) {
    return std::ranges::find(architectures, option) != architectures.end();
}

template <class Line> void for_each_line(std::string_view text, const Line& line) {
    while (!text.empty()) {
        const auto end = text.find('\n');
        auto one = text.substr(0, end);
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
        if (one.ends_with('\r')) one.remove_suffix(1);
        line(one);
    }
}

class Configuration : public advisory::KernelBuild {
  public:
    explicit Configuration(std::string_view text) {
        for_each_line(text, [this](std::string_view line) { take(line); });
        const auto stream = SourceMap::of_linux_6_1().stream();
        same_stream_ =
            version_ == stream || (version_.starts_with(stream) && version_.size() > stream.size() &&
                                   (version_[stream.size()] == '.' || version_[stream.size()] == '-'));
        for (const auto architecture : architectures)
            knows_architecture_ = knows_architecture_ || is_on(architecture);
    }

    bool leaves_out(std::string_view source) const override {
        return SourceMap::of_linux_6_1().leaves_out(
            source, [this](std::string_view option) { return is_off(option); });
    }

  private:
    void take(std::string_view line) {
        if (line.starts_with(not_set) && line.ends_with(not_set_end)) {
            line.remove_prefix(not_set.size());
            line.remove_suffix(not_set_end.size());
            options_.try_emplace(std::string(line), false);
        } else if (line.starts_with(set)) {
            const auto equals = line.find('=');
            if (equals == std::string_view::npos) return;
            // The last line about an option counts, as for the kernel's own build.
            options_[std::string(line.substr(set.size(), equals - set.size()))] =
                line.substr(equals + 1) != "n";
        } else if (version_.empty() && line.starts_with("# Linux/") && line.ends_with("Configuration")) {
            // "# Linux/arm64 6.1.55 Kernel Configuration"
            const auto space = line.find(' ', 8);
            if (space != std::string_view::npos)
                version_ = line.substr(space + 1, line.find(' ', space + 1) - space - 1);
        }
    }
    bool is_on(std::string_view option) const {
        const auto at = options_.find(std::string(option));
        return at != options_.end() && at->second;
    }
    bool is_off(std::string_view option) const {
        const auto at = options_.find(std::string(option));
        if (at != options_.end()) return !at->second;
        return same_stream_ || (knows_architecture_ && is_architecture(option));
    }

    std::unordered_map<std::string, bool> options_; // on, or said not to be set
    std::string version_;
    bool same_stream_ = false, knows_architecture_ = false;
};

} // namespace

bool is_configuration(std::string_view text) {
    bool is = false;
    for_each_line(text.substr(0, 1UL << 20U), [&](std::string_view line) {
        is = is || (line.starts_with(set) && line.find('=') != std::string_view::npos) ||
             (line.starts_with(not_set) && line.ends_with(not_set_end));
    });
    return is;
}

std::unique_ptr<advisory::KernelBuild> read_configuration(std::string_view text) {
    return std::make_unique<Configuration>(text);
}

} // namespace oakum::kernel_build
