// SPDX-License-Identifier: Apache-2.0
#include <blobs/file_blobs.hpp>

#include "file.hpp"

#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <map>
#include <mutex>
#include <optional>
#include <system_error>
#include <thread>

namespace oakum::blobs {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kLongestName = 64;
constexpr std::string_view kPart = ".part";

bool is_upload_name(std::string_view name) {
    return !name.empty() && name.size() <= kLongestName && name.front() != '-' &&
           std::all_of(name.begin(), name.end(),
                       [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; });
}

// What arrives under one name. `announced` and `begun` are used under the table's guard, the rest under its
// own.
struct Upload {
    std::uint64_t announced = 0;
    bool begun = false; // since the start of this process

    std::mutex guard;
    std::uint64_t length = 0; // as announced
    File file;                // open once begun
    std::uint64_t held = 0;
    base::Sha256 hash; // of what is held
    bool over = false; // finished or discarded by another thread meanwhile
};

} // namespace

struct FileBlobs::State {
    explicit State(const BlobOptions& its) : options(its) {}

    fs::path artifacts() const { return options.folder / "artifacts"; }
    fs::path uploads() const { return options.folder / "uploads"; }
    fs::path part(const std::string& name) const { return uploads() / (name + std::string(kPart)); }
    fs::path blob(const base::Digest256& digest) const {
        const std::string hex = digest.hex();
        return artifacts() / hex.substr(0, 2) / hex.substr(2);
    }

    base::Status scan();
    base::Result<std::shared_ptr<Upload>> find(const std::string& name);
    base::Result<std::shared_ptr<Upload>> reserve(const std::string& name, std::uint64_t length);
    base::Status check_room(std::uint64_t more) const;
    base::Status resume(const std::string& name, Upload& upload, std::uint64_t length) const;
    void give_up(const std::string& name);
    base::Status drop(const std::string& name, Upload& upload);
    void forget(const std::string& name);
    base::Status publish(const std::string& name, Upload& upload, const base::Digest256& digest);
    base::Status verify(const base::Digest256& digest, std::uint64_t bytes_a_second = 0) const;

    std::atomic<bool> stopping{false};
    const BlobOptions options;
    std::mutex guard;
    // Shared with the threads that are using one while another ends it.
    std::map<std::string, std::shared_ptr<Upload>> table;
    std::uint64_t stored = 0; // bytes of all blobs
};

base::Result<std::unique_ptr<FileBlobs>> FileBlobs::open(const BlobOptions& options) {
    auto state = std::make_unique<State>(options);
    TRY(make_folder(options.folder));
    TRY(make_folder(state->artifacts()));
    TRY(make_folder(state->uploads()));
    TRY(state->scan());
    return std::unique_ptr<FileBlobs>(new FileBlobs(std::move(state)));
}

FileBlobs::FileBlobs(std::unique_ptr<State> state) : state_(std::move(state)) {}
FileBlobs::~FileBlobs() = default;

base::Status FileBlobs::State::scan() {
    std::error_code error;
    for (fs::recursive_directory_iterator at(artifacts(), error), end; !error && at != end;
         at.increment(error))
        if (at->is_regular_file(error)) stored += at->file_size(error);
    if (error) return base::unavailable("reading " + artifacts().string() + ": " + error.message());
    for (fs::directory_iterator at(uploads(), error), end; !error && at != end; at.increment(error)) {
        const std::string file = at->path().filename().string();
        if (file.size() <= kPart.size() || !file.ends_with(kPart)) continue;
        const std::string name = file.substr(0, file.size() - kPart.size());
        if (!is_upload_name(name) || fs::is_symlink(at->symlink_status(error))) continue;
        auto upload = std::make_shared<Upload>();
        upload->announced = at->file_size(error);
        table.emplace(name, std::move(upload));
    }
    if (error) return base::unavailable("reading " + uploads().string() + ": " + error.message());
    return {};
}

base::Result<std::shared_ptr<Upload>> FileBlobs::State::find(const std::string& name) {
    const std::lock_guard lock(guard);
    const auto found = table.find(name);
    if (found == table.end()) return base::not_found("there is no upload " + name + ": begin it");
    return found->second;
}

base::Status FileBlobs::State::check_room(std::uint64_t more) const {
    struct statvfs disk{};
    if (::statvfs(uploads().c_str(), &disk) != 0)
        return file_error("looking at the disk of", uploads(), errno);
    if (more > static_cast<std::uint64_t>(disk.f_bavail) * disk.f_frsize)
        return base::unavailable("the disk of " + options.folder.string() + " has no room for " +
                                 std::to_string(more) + " bytes more: free space there, then begin again");
    return {};
}

// Takes the announced bytes from what all uploads and blobs may hold together.
base::Result<std::shared_ptr<Upload>> FileBlobs::State::reserve(const std::string& name,
                                                                std::uint64_t length) {
    const std::lock_guard lock(guard);
    auto found = table.find(name);
    if (found == table.end() && table.size() >= options.most_uploads)
        return base::unavailable(std::to_string(table.size()) +
                                 " uploads are under way: finish or discard one first");
    if (found != table.end() && found->second->begun && found->second->announced != length)
        return base::conflict("upload " + name + " was begun with " +
                              std::to_string(found->second->announced) + " bytes, not " +
                              std::to_string(length));
    std::uint64_t total = stored;
    for (const auto& [other, upload] : table)
        total += other == name ? 0 : upload->announced;
    if (total > options.largest_total || length > options.largest_total - total)
        return base::unavailable("artifacts may hold " + std::to_string(options.largest_total) +
                                 " bytes in all, and " + std::to_string(total) +
                                 " are taken: remove artifacts that no release needs, or raise the limit");
    if (found == table.end()) found = table.emplace(name, std::make_shared<Upload>()).first;
    found->second->announced = length;
    found->second->begun = true;
    return found->second;
}

base::Status FileBlobs::State::resume(const std::string& name, Upload& upload, std::uint64_t length) const {
    const auto path = part(name);
    TRY_VALUE(File file, open_for_writing(path));
    TRY_VALUE(const std::uint64_t held, size_of(file, path));
    if (held > length)
        return base::conflict("upload " + name + " holds " + std::to_string(held) + " bytes, more than the " +
                              std::to_string(length) + " announced: discard it, or use another name");
    TRY(check_room(length - held));
    base::Sha256 hash;
    TRY(read_first(file, path, held, [&](base::ByteView piece) { hash.update(piece); }));
    TRY(sync_folder(uploads()));
    upload.file = std::move(file);
    upload.hash = std::move(hash);
    upload.held = held;
    upload.length = length;
    return {};
}

// A begin failed: the name may be begun again with any length; what it holds on disk counts, and no more.
void FileBlobs::State::give_up(const std::string& name) {
    const std::lock_guard lock(guard);
    const auto found = table.find(name);
    if (found == table.end()) return;
    std::error_code error;
    const auto held = fs::file_size(part(name), error);
    found->second->begun = false;
    found->second->announced = error ? 0 : held;
    if (found->second->announced == 0) {
        fs::remove(part(name), error);
        table.erase(found);
    }
}

base::Result<std::uint64_t> FileBlobs::begin(const std::string& upload, std::uint64_t length) {
    if (!is_upload_name(upload))
        return base::invalid(
            "an upload's name is 1 to 64 of a-z, 0-9 and \"-\", and does not begin with \"-\"");
    if (length == 0) return base::invalid("an artifact of no bytes is of no use");
    if (length > state_->options.largest_upload)
        return base::too_large("an artifact may have " + std::to_string(state_->options.largest_upload) +
                               " bytes, not " + std::to_string(length));
    TRY_VALUE(const std::shared_ptr<Upload> entry, state_->reserve(upload, length));
    const std::lock_guard lock(entry->guard);
    if (entry->over) return base::conflict("upload " + upload + " was just ended: begin again");
    if (!entry->file.is_open())
        if (auto status = state_->resume(upload, *entry, length); !status.ok()) {
            state_->give_up(upload);
            return std::move(status).error();
        }
    return entry->held;
}

base::Status FileBlobs::append(const std::string& upload, std::uint64_t offset, base::ByteView piece) {
    TRY_VALUE(const std::shared_ptr<Upload> entry, state_->find(upload));
    const std::lock_guard lock(entry->guard);
    if (entry->over || !entry->file.is_open())
        return base::not_found("there is no upload " + upload + ": begin it");
    if (offset != entry->held)
        return base::conflict("upload " + upload + " goes on at byte " + std::to_string(entry->held) +
                              ", not " + std::to_string(offset));
    if (piece.size() > entry->length - entry->held)
        return base::too_large("upload " + upload + " was announced with " + std::to_string(entry->length) +
                               " bytes");
    const auto path = state_->part(upload);
    if (auto status = write_at(entry->file, path, offset, piece); !status.ok()) {
        // What was written of the piece goes again; where that fails too, a resume finds more held, and
        // hashes it.
        if (!truncate(entry->file, path, entry->held).ok()) entry->file = File();
        return status;
    }
    entry->hash.update(piece);
    entry->held += piece.size();
    return {};
}

void FileBlobs::State::forget(const std::string& name) {
    const std::lock_guard lock(guard);
    table.erase(name);
}

base::Status FileBlobs::State::drop(const std::string& name, Upload& upload) {
    const auto path = part(name);
    if (::unlink(path.c_str()) != 0 && errno != ENOENT) return file_error("removing", path, errno);
    upload.over = true;
    upload.file = File();
    forget(name);
    return {};
}

// At full speed, or no faster than so many bytes a second; the latter can be stopped.
base::Status FileBlobs::State::verify(const base::Digest256& digest, std::uint64_t bytes_a_second) const {
    const auto path = blob(digest);
    TRY_VALUE(const File file, open_for_reading(path));
    TRY_VALUE(const std::uint64_t size, size_of(file, path));
    forget_cached(file);
    base::Sha256 hash;
    const auto begun = std::chrono::steady_clock::now();
    std::uint64_t done = 0;
    TRY(read_first(file, path, size, [&](base::ByteView piece) {
        if (bytes_a_second > 0 && stopping) return;
        hash.update(piece);
        done += piece.size();
        if (bytes_a_second > 0)
            std::this_thread::sleep_until(begun +
                                          std::chrono::microseconds(done * 1'000'000 / bytes_a_second));
    }));
    forget_cached(file);
    if (done < size) return base::unavailable("the server is stopping");
    if (hash.finish() != digest)
        return base::corrupt("artifact " + digest.hex() + " is damaged on disk: upload it again");
    return {};
}

base::Status FileBlobs::State::publish(const std::string& name, Upload& upload,
                                       const base::Digest256& digest) {
    const auto from = part(name), to = blob(digest);
    std::error_code error;
    const bool known = fs::exists(fs::symlink_status(to, error));
    const std::uint64_t size_before = known ? fs::file_size(to, error) : 0;
    if (known && verify(digest).ok()) {
        // It may be there from a finish that was cut short before its last sync.
        TRY(sync_folder(to.parent_path()));
        return drop(name, upload);
    }
    TRY(sync(upload.file, from));
    if (::fchmod(upload.file.fd(), 0444) != 0) return file_error("protecting", from, errno);
    TRY(make_folder(to.parent_path()));
    if (::rename(from.c_str(), to.c_str()) != 0) return file_error("naming", to, errno);
    upload.over = true;
    upload.file = File();
    forget(name);
    {
        const std::lock_guard lock(guard);
        stored = stored - std::min(stored, size_before) + upload.held;
    }
    TRY(sync_folder(to.parent_path()));
    return sync_folder(uploads());
}

base::Status FileBlobs::finish(const std::string& upload, const base::Digest256& expected) {
    TRY_VALUE(const std::shared_ptr<Upload> entry, state_->find(upload));
    const std::lock_guard lock(entry->guard);
    if (entry->over || !entry->file.is_open())
        return base::not_found("there is no upload " + upload + ": begin it");
    if (entry->held != entry->length)
        return base::invalid("upload " + upload + " holds " + std::to_string(entry->held) + " of the " +
                             std::to_string(entry->length) + " bytes announced: send the rest");
    TRY_VALUE(const std::uint64_t on_disk, size_of(entry->file, state_->part(upload)));
    if (on_disk != entry->held)
        return base::corrupt("the file of upload " + upload +
                             " was changed by somebody else: discard it, and begin again");
    const auto digest = entry->hash.finish();
    if (digest != expected) {
        TRY(state_->drop(upload, *entry));
        return base::invalid("upload " + upload + " has SHA-256 " + digest.hex() + ", not the " +
                             expected.hex() + " announced: it was dropped, send it again");
    }
    auto status = state_->publish(upload, *entry, digest);
    // The hash is spent: a finish after this failure begins with hashing the file.
    if (!status.ok()) entry->file = File();
    return status;
}

base::Status FileBlobs::discard(const std::string& upload) {
    if (!is_upload_name(upload)) return base::invalid("an upload's name is 1 to 64 of a-z, 0-9 and \"-\"");
    const auto found = state_->find(upload);
    if (!found.ok()) return {};
    const std::lock_guard lock((*found)->guard);
    if ((*found)->over) return {};
    return state_->drop(upload, **found);
}

base::Result<std::filesystem::path> FileBlobs::path(const base::Digest256& digest) {
    auto path = state_->blob(digest);
    std::error_code error;
    if (!fs::is_regular_file(fs::symlink_status(path, error)))
        return base::not_found("there is no artifact " + digest.hex());
    return path;
}

base::Status FileBlobs::rehash(const base::Digest256& digest) {
    TRY(path(digest));
    return state_->verify(digest, state_->options.rehash_bytes_a_second);
}

bool FileBlobs::holds(const std::string& upload) const {
    const std::lock_guard lock(state_->guard);
    return state_->table.contains(upload);
}

void FileBlobs::stop() {
    state_->stopping = true;
}

base::Result<std::size_t> FileBlobs::discard_stale(base::TimePoint written_before) {
    std::vector<std::string> names;
    {
        const std::lock_guard lock(state_->guard);
        for (const auto& [name, upload] : state_->table)
            names.push_back(name);
    }
    std::size_t ended = 0;
    for (const auto& name : names) {
        struct stat about{};
        if (::lstat(state_->part(name).c_str(), &about) != 0) continue;
        const auto written = std::int64_t{about.st_mtim.tv_sec} * 1000 + about.st_mtim.tv_nsec / 1'000'000;
        if (written >= base::unix_ms(written_before)) continue;
        TRY(discard(name));
        ++ended;
    }
    return ended;
}

} // namespace oakum::blobs
