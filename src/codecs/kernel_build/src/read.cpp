// SPDX-License-Identifier: Apache-2.0
#include "configuration.hpp"
#include "source_map.hpp"

#include <compression/decompressor.hpp>
#include <json/parse.hpp>
#include <kernel_build/read.hpp>

#include <algorithm>
#include <string>
#include <tuple>
#include <unordered_set>

namespace oakum::kernel_build {
namespace {

constexpr std::size_t longest = 4096;
constexpr std::size_t most_folders = 16; // each is counted through

// "./net/ipv4/.tcp.o.cmd", "net/ipv4/tcp.c" and "net/ipv4/tcp.o" are one: "net/ipv4/tcp".
std::string stem_of(std::string_view path) {
    while (path.starts_with("./"))
        path.remove_prefix(2);
    if (path.ends_with(".cmd")) path.remove_suffix(4);
    if (!path.ends_with(".o") && !path.ends_with(".c") && !path.ends_with(".S")) return {};
    path.remove_suffix(2);
    const auto name = path.rfind('/') + 1; // npos + 1 is 0
    std::string stem(path.substr(0, name));
    return stem.append(path.substr(name + (path.substr(name).starts_with('.') ? 1 : 0)));
}

class ListedFiles : public advisory::KernelBuild {
  public:
    // Not to be listed is not enough: rt.c of the scheduler is compiled as a part of build_policy.c. So it
    // has to be a file that Linux 6.1 compiles by itself for some option, or lie in a folder of which nothing
    // is listed.
    bool leaves_out(std::string_view source) const override {
        const auto stem = stem_of(source);
        if (stem.empty() || stems_.contains(stem)) return false;
        const auto ways = SourceMap::of_linux_6_1().ways(stem + ".c");
        return ways ? *ways != "?" : !folders_.contains(folder_of(stem));
    }
    base::Status add(std::string_view path) {
        if (path.size() > longest) return {};
        auto stem = stem_of(path);
        if (stem.empty()) return {};
        if (stems_.size() == most_files)
            return base::too_large("more than " + std::to_string(most_files) + " files");
        stems_.insert(std::move(stem));
        return {};
    }
    // Paths may begin anywhere: every kernel has init/main.c, so what stands before it is the kernel's
    // folder. Errors: invalid (it is not there, so this is no whole list).
    base::Status settle() {
        if (!stems_.contains(std::string(always_there))) TRY(strip_folder());
        for (const auto& stem : stems_)
            folders_.insert(folder_of(stem));
        return {};
    }

  private:
    static std::string folder_of(const std::string& stem) { return stem.substr(0, stem.rfind('/') + 1); }
    base::Status strip_folder() {
        std::string_view folder;
        std::size_t most = 0, folders = 0;
        for (const auto& stem : stems_) {
            if (!stem.ends_with(always_there)) continue;
            const std::string_view before(stem.data(), stem.size() - always_there.size());
            if (!before.ends_with('/')) continue;
            if (++folders > most_folders)
                return base::invalid("this lists the files of more than " + std::to_string(most_folders) +
                                     " kernels");
            const auto below = static_cast<std::size_t>(std::ranges::count_if(
                stems_, [&](const std::string& other) { return other.starts_with(before); }));
            if (below > most) std::tie(folder, most) = std::pair(before, below);
        }
        if (folder.empty())
            return base::invalid(
                "this is neither a kernel's configuration nor the list of all files that were "
                "compiled (a path a line, or an SPDX document): init/main.c is not in it");
        std::unordered_set<std::string> inside;
        for (const auto& stem : stems_)
            if (stem.starts_with(folder)) inside.insert(stem.substr(folder.size()));
        stems_ = std::move(inside);
        return {};
    }

    static constexpr std::string_view always_there = "init/main";
    std::unordered_set<std::string> stems_, folders_;
};

base::Status add_lines(std::string_view text, ListedFiles& files) {
    while (!text.empty()) {
        const auto end = text.find('\n');
        auto line = text.substr(0, end);
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
        if (line.ends_with('\r')) line.remove_suffix(1);
        TRY(files.add(line));
    }
    return {};
}

base::Status add_spdx(std::string_view text, ListedFiles& files) {
    json::Limits limits;
    limits.max_bytes = largest;
    limits.floats = true;
    limits.max_values = 4'000'000;
    TRY_VALUE(const json::Value document, json::parse(text, limits));
    // SPDX 3 has its files among all other elements.
    if (const auto graph = document.find("@graph")) {
        for (const json::Value& element : graph->items()) {
            const auto type = element.find("type");
            if (!type || type->text() != "software_File") continue;
            TRY_VALUE(const std::string name, element.string_at("name", longest));
            TRY(files.add(name));
        }
        return {};
    }
    TRY_VALUE(const json::Value list, document.array_at("files", most_files));
    for (const json::Value& file : list.items()) {
        TRY_VALUE(const std::string name, file.string_at("fileName", longest));
        TRY(files.add(name));
    }
    return {};
}

} // namespace

base::Result<std::unique_ptr<advisory::KernelBuild>> read(base::ByteView bytes) {
    compression::Limits limits;
    limits.max_output = largest;
    TRY_VALUE(const base::Bytes unpacked, compression::decompress(bytes, limits));
    const auto text = base::as_text(unpacked);
    if (is_configuration(text)) return read_configuration(text);
    auto files = std::make_unique<ListedFiles>();
    const auto first = text.find_first_not_of(" \t\r\n");
    if (first != std::string_view::npos && text[first] == '{')
        TRY(add_spdx(text, *files));
    else
        TRY(add_lines(text, *files));
    TRY(files->settle());
    return std::unique_ptr<advisory::KernelBuild>(std::move(files));
}

} // namespace oakum::kernel_build
