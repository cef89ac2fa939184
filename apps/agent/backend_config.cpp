// SPDX-License-Identifier: Apache-2.0
#include "config.hpp"

#include <algorithm>
#include <charconv>

namespace oakum::agent {
namespace {

using base::invalid;
using base::Status;
using Kind = BackendConfig::Kind;
using Loader = BackendConfig::Loader;

Status read_path(std::string_view text, std::filesystem::path& into) {
    if (!text.starts_with('/') || text.size() > 1000) return invalid("a path that begins with '/' is needed");
    into = text;
    return {};
}

std::vector<std::string> words_of(std::string_view text) {
    std::vector<std::string> words;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find(' '), text.size());
        if (end > 0) words.emplace_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return words;
}

base::Result<bool> number(std::string_view text, std::uint64_t least, std::uint64_t most,
                          std::uint64_t& into) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), into);
    if (error != std::errc() || end != text.data() + text.size() || into < least || into > most)
        return invalid("a whole number from " + std::to_string(least) + " to " + std::to_string(most) +
                       " is needed");
    return true;
}

// "slot.a" and "slot.a.kernel".
Status set_partition(BackendConfig& backend, std::string_view key, std::string_view value) {
    const std::string slot(key.substr(0, 1));
    if ((slot != "a" && slot != "b") || (key.size() > 1 && (key[1] != '.' || key.size() == 2)))
        return invalid("the key is slot.a, slot.b, slot.a.NAME or slot.b.NAME");
    const std::string name(key.size() > 1 ? key.substr(2) : "");
    if (!backend.partitions.contains(name) && backend.partitions.size() == 16)
        return invalid("more than 16 components");
    return read_path(value, backend.partitions[name][slot]);
}

} // namespace

base::Result<bool> set_backend(BackendConfig& backend, std::string_view key, std::string_view value) {
    if (key == "backend") {
        if (value == "folders")
            backend.kind = Kind::folders;
        else if (value == "partitions")
            backend.kind = Kind::partitions;
        else if (value == "rauc")
            backend.kind = Kind::rauc;
        else if (value == "swupdate")
            backend.kind = Kind::swupdate;
        else if (value == "dpkg")
            backend.kind = Kind::dpkg;
        else if (value == "program")
            backend.kind = Kind::program;
        else
            return invalid(
                "\"folders\", \"partitions\", \"rauc\", \"swupdate\", \"dpkg\" or \"program\" is needed");
        return true;
    }
    if (key == "boot.loader") {
        if (value != "uboot" && value != "grub") return invalid("\"uboot\" or \"grub\" is needed");
        backend.loader = value == "uboot" ? Loader::uboot : Loader::grub;
        return true;
    }
    const auto path = [&](std::filesystem::path& into) -> base::Result<bool> {
        TRY(read_path(value, into));
        return true;
    };
    if (key == "boot.environment") return path(backend.environment);
    if (key == "boot.command_line") return path(backend.command_line);
    if (key == "system.root") return path(backend.root);
    if (key == "swupdate.sockets") return path(backend.sockets);
    if (key == "boot.restart") {
        backend.restart = words_of(value);
        if (backend.restart.empty()) return invalid("a program is needed, such as reboot");
        return true;
    }
    if (key == "swupdate.select.a" || key == "swupdate.select.b") {
        if (value.find(',') == std::string_view::npos || value.starts_with('-') || value.size() > 200)
            return invalid("SOFTWARE,MODE is needed, such as stable,a");
        backend.selections[std::string(key.substr(key.size() - 1))] = value;
        return true;
    }
    if (key == "rauc.bus") {
        if (!value.starts_with("unix:") || value.size() > 500)
            return invalid("the address of a bus is needed, such as unix:path=/run/dbus/system_bus_socket");
        backend.bus = value;
        return true;
    }
    if (key == "restart_needed") {
        if (value != "yes" && value != "no") return invalid("\"yes\" or \"no\" is needed");
        backend.restart_needed = value == "yes";
        return true;
    }
    if (key == "dpkg.archives") {
        backend.archives.clear();
        for (const std::string& word : words_of(value)) {
            if (backend.archives.size() == 8) return invalid("more than 8 folders");
            TRY(read_path(word, backend.archives.emplace_back()));
        }
        return true;
    }
    if (key == "dpkg.cache_bytes") return number(value, 1 << 20, 1ULL << 40, backend.cache_bytes);
    if (key == "program.path") {
        backend.program_stated = true;
        backend.program.clear();
        if (value == "artifact") return true;
        return path(backend.program);
    }
    if (key == "program.timeout_seconds") {
        std::uint64_t seconds = 0;
        TRY(number(value, 1, 86'400, seconds));
        backend.program_timeout = std::chrono::seconds(seconds);
        return true;
    }
    system::Limits& limits = backend.program_limits;
    if (key == "program.memory_bytes") return number(value, 1 << 20, 1ULL << 40, limits.memory_bytes);
    if (key == "program.cpu_seconds") return number(value, 1, 86'400, limits.cpu_seconds);
    if (key == "program.file_bytes") return number(value, 1 << 12, 1ULL << 40, limits.file_bytes);
    if (key == "program.open_files") return number(value, 8, 65'536, limits.open_files);
    if (key.starts_with("slot.")) {
        TRY(set_partition(backend, key.substr(5), value));
        return true;
    }
    return false;
}

Status check_backend(const BackendConfig& backend) {
    if (backend.kind == Kind::folders || backend.kind == Kind::rauc || backend.kind == Kind::dpkg) return {};
    if (backend.kind == Kind::program)
        return backend.program_stated
                   ? Status()
                   : Status(
                         invalid("program.path is missing: the whole path of the program that installs, or "
                                 "\"artifact\" when it comes in the artifact"));
    if (backend.loader == Loader::none) return invalid("boot.loader is missing: \"uboot\" or \"grub\"");
    if (backend.environment.empty())
        return invalid("boot.environment is missing: /etc/fw_env.config of U-Boot, or GRUB's grubenv");
    if (backend.partitions.empty()) return invalid("slot.a and slot.b are missing: the partitions");
    for (const auto& [name, slots] : backend.partitions) {
        const std::string which = name.empty() ? "" : "." + name;
        if (slots.size() != 2)
            return invalid("slot." + std::string(slots.contains("a") ? "b" : "a") + which + " is missing");
        if (slots.at("a") == slots.at("b")) return invalid("slot.a" + which + " is slot.b" + which);
    }
    const bool plain = backend.partitions.contains("");
    if (plain && backend.partitions.size() > 1)
        return invalid("slot.a stands beside slot.a.NAME: name all components, or have one");
    if (plain && backend.kind == Kind::swupdate)
        return invalid(
            "swupdate needs slot.a.NAME and slot.b.NAME: the image of the archive that lies there");
    return {};
}

} // namespace oakum::agent
