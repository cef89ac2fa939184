// SPDX-License-Identifier: Apache-2.0
#include "program.hpp"

#include "firmware_image.hpp"
#include "medium.hpp"
#include "tools.hpp"

#include <system/file.hpp>

#include <algorithm>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace oakum::agent {
namespace {

namespace fs = std::filesystem;
using base::Result;
using base::Status;

constexpr std::size_t max_version = 128;
constexpr std::size_t max_output = 16 << 10;
constexpr const char* files_name = "files";
constexpr const char* own_program = "bin/update"; // in an archive
constexpr const char* digest_name = "program.sha256";

// The files of an archive below a fresh folder that is the agent's alone.
class Files final : public ImageSink {
  public:
    explicit Files(fs::path root) : root_(std::move(root)) {}
    Status begin(const ImageEntry& entry) override {
        const fs::path path = root_ / entry.path;
        TRY(system::make_private_folder(path.parent_path()));
        out_ = Descriptor(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW,
                                 entry.executable ? 0700 : 0600));
        return out_.open() ? Status() : Status(system_error("unpacking " + entry.path));
    }
    Status data(base::ByteView piece) override { return write_all(out_.number(), piece); }
    Status end() override {
        if (::fsync(out_.number()) != 0) return system_error("unpacking");
        out_.close();
        return {};
    }

  private:
    fs::path root_;
    Descriptor out_;
};

Result<base::Digest256> digest_of(const fs::path& file) {
    std::error_code error;
    const std::uint64_t length = fs::file_size(file, error);
    if (error) return base::not_found(file.string() + ": " + error.message());
    return hash_medium(file, length);
}

bool others_may_write(const struct stat& stats) {
    return (stats.st_mode & (S_IWGRP | S_IWOTH)) != 0;
}
bool is_ours(const struct stat& stats) {
    return stats.st_uid == 0 || stats.st_uid == ::geteuid();
}

} // namespace

Status check_program(const fs::path& program) {
    if (!program.is_absolute()) return base::denied(program.string() + ": a whole path is needed");
    struct stat stats{};
    if (::lstat(program.c_str(), &stats) != 0) return system_error(program.string());
    const auto denied = [](const fs::path& which, const std::string& what) {
        return base::denied(which.string() + " " + what + ": not run (chown root, chmod go-w)");
    };
    if (!S_ISREG(stats.st_mode)) return denied(program, "is not a plain file");
    if (!is_ours(stats)) return denied(program, "does not belong to root");
    if (others_may_write(stats)) return denied(program, "may be written to by others");
    if (::access(program.c_str(), X_OK) != 0) return base::denied(program.string() + " cannot be executed");
    std::error_code error;
    fs::path folder = fs::canonical(program.parent_path(), error);
    if (error) return base::not_found(program.string() + ": " + error.message());
    for (;; folder = folder.parent_path()) {
        if (::stat(folder.c_str(), &stats) != 0) return system_error(folder.string());
        if (!is_ours(stats)) return denied(folder, "does not belong to root");
        // In a folder like /tmp only the owner of a file may take it away.
        if (others_may_write(stats) && (stats.st_mode & S_ISVTX) == 0)
            return denied(folder, "may be written to by others");
        if (folder == folder.root_path()) return {};
    }
}

Result<std::string> read_version(std::string_view printed) {
    if (printed.ends_with('\n')) printed.remove_suffix(1);
    const bool printable = std::ranges::all_of(printed, [](char c) { return c > 0x20 && c < 0x7F; });
    if (printed.empty() || printed.size() > max_version || !printable)
        return base::invalid("one line with one version is needed");
    return std::string(printed);
}

Status ProgramApplier::prepare(const fs::path& slot) {
    if (options_.program.empty()) {
        const fs::path image = slot / "image", files = slot / files_name;
        std::error_code error;
        fs::remove_all(files, error);
        if (error) return base::unavailable("emptying " + files.string() + ": " + error.message());
        TRY(system::make_private_folder(files / "bin"));
        const std::uint64_t length = fs::file_size(image, error);
        if (error) return base::not_found(image.string() + ": " + error.message());
        std::string head;
        TRY(read_pieces(image, std::min<std::uint64_t>(length, 4), [&](base::ByteView piece) -> Status {
            head.append(base::as_text(piece));
            return {};
        }));
        Files sink(files);
        if (head.starts_with("#!") || head == "\x7F"
                                              "ELF") {
            TRY(sink.begin({own_program, length, true}));
            TRY(read_pieces(image, length, [&](base::ByteView piece) { return sink.data(piece); }));
            TRY(sink.end());
        } else {
            ImageReader reader(sink);
            TRY(read_pieces(image, length, [&](base::ByteView piece) { return reader.feed(piece); }));
            TRY(reader.finish());
        }
        if (::access((files / own_program).c_str(), X_OK) != 0)
            return base::invalid("the artifact has no program bin/update");
        TRY_VALUE(const auto digest, digest_of(files / own_program));
        TRY(system::write_durably(slot / digest_name, digest.hex()));
    }
    TRY(system::make_private_folder(options_.state));
    return must(slot, "check", options_.short_timeout);
}

Result<ProgramApplier::Found> ProgramApplier::find(const fs::path& slot) const {
    Found found{options_.program, {}};
    if (!options_.program.empty()) return found;
    found.path = slot / files_name / own_program;
    TRY_VALUE(const std::string digest, system::read_bounded(slot / digest_name, 64));
    TRY_VALUE(found.digest, base::Digest256::parse(digest));
    return found;
}

Status ProgramApplier::read_back(const fs::path& slot) {
    TRY_VALUE(const Found found, find(slot));
    return sound(found);
}

Status ProgramApplier::sound(const Found& found) {
    if (!found.digest) return {};
    TRY_VALUE(const auto now, digest_of(found.path));
    return now == *found.digest
               ? Status()
               : Status(base::corrupt("the program of the artifact is not on the medium as it was unpacked"));
}

Result<system::Outcome> ProgramApplier::call(const fs::path& slot, std::string_view verb,
                                             base::Duration timeout) const {
    TRY_VALUE(const Found found, find(slot));
    TRY(sound(found));
    TRY(check_program(found.path));
    system::Command command;
    command.arguments = {found.path.string(), std::string(verb)};
    command.environment = {{"PATH", "/usr/sbin:/usr/bin:/sbin:/bin"},
                           {"LC_ALL", "C"},
                           {"OAKUM_CONTRACT", "1"},
                           {"OAKUM_ARTIFACT", (slot / "image").string()},
                           {"OAKUM_STATE", options_.state.string()}};
    if (options_.program.empty())
        command.environment.emplace_back("OAKUM_FILES", (slot / files_name).string());
    command.timeout = timeout;
    command.output_limit = max_output;
    command.limits = options_.limits;
    return system::run(command);
}

Status ProgramApplier::must(const fs::path& slot, std::string_view verb, base::Duration timeout) const {
    auto outcome = call(slot, verb, timeout);
    if (!outcome.ok()) return std::move(outcome).error();
    return judge("the program's " + std::string(verb), *outcome);
}

std::optional<std::string> ProgramApplier::version(const fs::path& slot) {
    // Before the first update that brought a program there is none to ask.
    if (!find(slot).ok()) return std::nullopt;
    const auto outcome = call(slot, "version", options_.version_timeout);
    if (!outcome.ok() || !outcome->succeeded()) return "unknown";
    const auto version = read_version(outcome->output);
    return version.ok() ? *version : "unknown";
}

bool ProgramApplier::holds(const fs::path& slot) {
    return find(slot).ok();
}

Status ProgramApplier::apply(const fs::path& slot) {
    return must(slot, "install", options_.timeout);
}

Status ProgramApplier::revert(const fs::path& slot) {
    return must(slot, "rollback", options_.timeout);
}

Status ProgramApplier::keep(const fs::path& slot) {
    return must(slot, "commit", options_.short_timeout);
}

} // namespace oakum::agent
