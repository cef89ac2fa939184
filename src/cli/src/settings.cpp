// SPDX-License-Identifier: Apache-2.0
#include "settings.hpp"

#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <json/parse.hpp>
#include <json/writer.hpp>
#include <sys/stat.h>
#include <unistd.h>

namespace oakum::cli {
namespace {

std::filesystem::path settings_file(const Console& console) {
    const std::string configured = console.environment("XDG_CONFIG_HOME");
    const std::filesystem::path folder = configured.empty()
                                             ? std::filesystem::path(console.environment("HOME")) / ".config"
                                             : std::filesystem::path(configured);
    return folder / "oakum" / "connection.json";
}

} // namespace

base::Result<std::string> read_file(const std::string& path, std::size_t limit) {
    std::error_code failed;
    const auto size = std::filesystem::file_size(path, failed);
    if (failed && std::filesystem::is_directory(path)) return base::invalid(path + " is a folder");
    if (failed) return base::not_found("cannot read " + path + ": " + failed.message());
    if (size > limit)
        return base::too_large(path + " has " + std::to_string(size) + " bytes; at most " +
                               std::to_string(limit) + " are taken");
    std::ifstream file(path, std::ios::binary);
    std::string text(size, '\0');
    if (!file.read(text.data(), static_cast<std::streamsize>(size)))
        return base::unavailable("cannot read " + path);
    return text;
}

base::Result<Connection> load_connection(const Console& console) {
    Connection connection;
    const auto text = read_file(settings_file(console).string(), 64 << 10);
    if (text.ok()) {
        auto parsed = json::parse(*text);
        if (!parsed.ok()) return std::move(parsed.error()).wrap("reading " + settings_file(console).string());
        TRY_VALUE(connection.server, parsed->string_at("server"));
        TRY_VALUE(connection.ca_fingerprint, parsed->string_at("ca_fingerprint"));
        TRY_VALUE(connection.token, parsed->string_at("token"));
        TRY_VALUE(const auto id, parsed->optional_string_at("token_id"));
        connection.token_id = id.value_or("");
    }
    const auto override_with = [&](const char* name, std::string& field) {
        if (std::string value = console.environment(name); !value.empty()) field = std::move(value);
    };
    override_with("OAKUM_SERVER", connection.server);
    override_with("OAKUM_CA_FINGERPRINT", connection.ca_fingerprint);
    override_with("OAKUM_TOKEN", connection.token);
    return connection;
}

base::Status save_connection(const Console& console, const Connection& connection) {
    const auto file = settings_file(console);
    std::error_code failed;
    std::filesystem::create_directories(file.parent_path(), failed);
    std::string text;
    json::Writer(text)
        .begin_object()
        .member("server", connection.server)
        .member("ca_fingerprint", connection.ca_fingerprint)
        .member("token", connection.token)
        .member("token_id", connection.token_id)
        .end_object();
    const std::string temporary = file.string() + ".new";
    const int fd = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, S_IRUSR | S_IWUSR);
    const bool written = fd >= 0 &&
                         ::write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size()) &&
                         ::fsync(fd) == 0;
    if (fd >= 0) ::close(fd);
    if (!written || ::rename(temporary.c_str(), file.c_str()) != 0)
        return base::unavailable("cannot write " + file.string());
    return {};
}

base::Status forget_connection(const Console& console) {
    const auto file = settings_file(console);
    if (::unlink(file.c_str()) != 0 && errno != ENOENT)
        return base::unavailable("cannot remove " + file.string());
    return {};
}

} // namespace oakum::cli
