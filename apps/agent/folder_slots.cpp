// SPDX-License-Identifier: Apache-2.0
#include "folder_slots.hpp"

#include "firmware_image.hpp"

#include <packages/os_release.hpp>
#include <system/file.hpp>

#include <array>
#include <cerrno>
#include <chrono>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace oakum::agent {
namespace {

namespace fs = std::filesystem;
using base::Status;

constexpr std::size_t max_text = 64 << 10;
// How soon a firmware that ended is started again: at once, then ever later.
constexpr base::Duration first_pause = std::chrono::seconds(1);
constexpr base::Duration longest_pause = std::chrono::seconds(60);
// A firmware that ran for that long is forgiven its earlier ends.
constexpr base::Duration steady_run = std::chrono::minutes(5);

// Writes the files of an image below a fresh folder.
class Unpacker final : public ImageSink {
  public:
    explicit Unpacker(fs::path root) : root_(std::move(root)) {}
    Status begin(const ImageEntry& entry) override {
        const fs::path path = root_ / entry.path;
        std::error_code error;
        fs::create_directories(path.parent_path(), error);
        if (error) return base::unavailable("making a folder for " + entry.path + ": " + error.message());
        const mode_t mode = entry.executable ? 0755 : 0644;
        out_ = Descriptor(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode));
        return out_.open() ? Status() : Status(system_error("unpacking " + entry.path));
    }
    Status data(base::ByteView piece) override { return write_all(out_.number(), piece); }
    Status end() override {
        out_.close();
        return {};
    }

  private:
    fs::path root_;
    Descriptor out_;
};

// Reads an image without keeping anything of it.
class Nowhere final : public ImageSink {
  public:
    Status begin(const ImageEntry& entry) override {
        firmware_ = firmware_ || (entry.path == "bin/firmware" && entry.executable);
        wanted_ = entry.path == "etc/os-release" && entry.size <= max_text;
        return {};
    }
    Status data(base::ByteView piece) override {
        if (wanted_) os_release_ += base::as_text(piece);
        return {};
    }
    Status end() override { return {}; }
    bool firmware_ = false;
    std::string os_release_;

  private:
    bool wanted_ = false;
};

Status empty_folder(const fs::path& folder) {
    std::error_code error;
    fs::remove_all(folder, error);
    if (!error) fs::create_directories(folder, error);
    if (error) return base::unavailable("emptying " + folder.string() + ": " + error.message());
    return {};
}

} // namespace

bool was_provisioned(const fs::path& slots) {
    std::error_code error;
    for (const char* name : {"boot.env", "boot.env.copy", "a/image.tar", "b/image.tar"})
        if (fs::exists(slots / name, error)) return true;
    return false;
}

FolderSlots::FolderSlots(Options options, Firmware& process, ports::Clock& clock, ports::Random& random,
                         base::LogSink& log)
    : options_(std::move(options)), process_(process), clock_(clock), random_(random), log_(log) {}

Status FolderSlots::store(const BootEnv& env) {
    const std::string text = encode(env);
    TRY(system::write_durably(options_.folder / "boot.env", text));
    env_ = env;
    if (const Status copied = system::write_durably(options_.folder / "boot.env.copy", text); !copied.ok())
        log_.write(base::LogLevel::warning, "slots", "copying boot.env: " + copied.error().text());
    return {};
}

base::Result<BootEnv> FolderSlots::recall() const {
    base::Error first;
    for (const char* name : {"boot.env", "boot.env.copy"}) {
        const auto text = system::read_bounded(options_.folder / name, max_text);
        auto env = text.ok() ? parse_boot_env(*text) : base::Result<BootEnv>(text.error());
        if (env.ok() && !env->images.empty()) {
            if (first.message.empty()) return env;
            const Status repaired = system::write_durably(options_.folder / "boot.env", *text);
            log_.write(base::LogLevel::warning, "slots",
                       repaired.ok() ? "boot.env was put right from its copy"
                                     : "boot.env cannot be put right: " + repaired.error().text());
            return env;
        }
        if (env.ok()) env = base::corrupt("it names no slot that can be started");
        log_.write(base::LogLevel::error, "slots", std::string(name) + ": " + env.error().text());
        if (first.message.empty()) first = env.error();
    }
    return std::move(first).wrap("boot.env");
}

std::string FolderSlots::pick() {
    BootChoice choice = choose(env_);
    if (choice.env == env_) return choice.slot;
    const Status stored = store(choice.env);
    if (stored.ok()) return choice.slot;
    log_.write(base::LogLevel::error, "slots", "storing boot.env: " + stored.error().text());
    return env_.images.contains(env_.active) ? env_.active : "";
}

Status FolderSlots::provision(const fs::path& image) {
    for (const char* slot : {"a", "b"})
        TRY(system::make_private_folder(options_.folder / slot));
    const auto present = system::read_bounded(options_.folder / "boot.env", max_text);
    if (present.ok()) return base::conflict("this device has firmware already");
    std::error_code error;
    const std::uint64_t length = fs::file_size(image, error);
    if (error) return base::not_found("reading " + image.string() + ": " + error.message());
    if (length > options_.capacity) return base::too_large("the image does not fit into a slot");

    Nowhere found;
    ImageReader reader(found);
    base::Sha256 hash;
    Descriptor out(
        ::open(image_path("a").c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!out.open()) return system_error("writing slot a");
    TRY(read_pieces(image, length, [&](base::ByteView piece) -> Status {
        if (Status fed = reader.feed(piece); !fed.ok()) return fed;
        hash.update(piece);
        return write_all(out.number(), piece);
    }));
    TRY(reader.finish());
    if (!found.firmware_) return base::invalid("the image has no program bin/firmware");
    if (::fsync(out.number()) != 0) return system_error("writing slot a");
    TRY(system::sync_folder(options_.folder / "a"));
    BootEnv env;
    env.images["a"] = {hash.finish(), length, packages::read_os_release(found.os_release_).version_id};
    return store(env);
}

Status FolderSlots::unpack(const std::string& slot, const updates::Image& image) {
    const fs::path folder = options_.folder / slot / "root";
    TRY(empty_folder(folder));
    Unpacker files(folder);
    ImageReader reader(files);
    base::Sha256 hash;
    TRY(read_pieces(image_path(slot), image.length, [&](base::ByteView piece) {
        hash.update(piece);
        return reader.feed(piece);
    }));
    TRY(reader.finish());
    if (hash.finish() != image.digest)
        return base::corrupt("slot " + slot + " does not hold what was verified");
    return {};
}

Status FolderSlots::start(const std::string& slot, const updates::Image& image) {
    process_.stop();
    nothing_runs_ = true;
    unpacked_ = false;
    TRY(unpack(slot, image));
    unpacked_ = true;
    nothing_runs_ = false;
    const fs::path folder = options_.folder / slot / "root";
    return process_.start(folder / "bin/firmware", folder, options_.environment);
}

Status FolderSlots::boot() {
    auto recalled = recall();
    if (!recalled.ok() && !was_provisioned(options_.folder)) return std::move(recalled).error();
    // Without what was verified to be in them, no slot can be trusted any more.
    env_ = recalled.ok() ? std::move(*recalled) : BootEnv{};
    for (;;) {
        const std::string slot = pick();
        running_ = slot.empty() ? env_.active : slot;
        nothing_runs_ = slot.empty();
        if (slot.empty()) break;
        const auto started = start(running_, env_.images.at(running_));
        if (started.ok()) break;
        log_.write(base::LogLevel::error, "slots",
                   "starting slot " + running_ + ": " + started.error().text());
        if (env_.trying == running_) continue;
        // The slot that stays: one that is damaged gives way to the other; one that merely ends is started
        // again.
        const bool damaged = started.error().kind == base::ErrorKind::corrupt ||
                             started.error().kind == base::ErrorKind::invalid ||
                             started.error().kind == base::ErrorKind::not_found;
        // What cannot be unpacked for want of room, or a medium that stutters, is not gone: the slot is the
        // one that runs, ill, until a later start succeeds.
        if (!damaged) nothing_runs_ = false;
        if (!damaged || !env_.images.contains(other_slot(running_))) break;
        const BootEnv without = condemn(env_, running_);
        if (const Status stored = store(without); !stored.ok()) {
            log_.write(base::LogLevel::error, "slots", "storing boot.env: " + stored.error().text());
            env_ = without;
        }
    }
    started_ = clock_.steady();
    if (nothing_runs_) {
        process_.stop();
        if (const Status emptied = empty_folder(root()); !emptied.ok())
            log_.write(base::LogLevel::error, "slots", emptied.error().text());
        log_.write(base::LogLevel::error, "slots",
                   "no slot can be started: nothing runs, and slot " + other_slot(running_) +
                       " waits for an update");
    }
    if (!nothing_runs_ || boot_id_.empty()) {
        std::array<std::uint8_t, 8> bytes{};
        random_.fill(bytes);
        boot_id_ = base::to_hex(bytes);
    }
    const auto os_release = system::read_bounded(root() / "etc/os-release", max_text);
    version_ = os_release.ok() ? packages::read_os_release(*os_release).version_id : "";
    if (!unpacked_ && env_.images.contains(running_)) version_ = env_.images.at(running_).version;
    if (nothing_runs_) version_ = "none";
    if (!nothing_runs_)
        log_.write(base::LogLevel::info, "slots", "slot " + running_ + " runs version " + version_);
    return {};
}

base::Result<std::uint64_t> FolderSlots::capacity(std::uint64_t reserved) {
    TRY_VALUE(std::uint64_t space, free_space(options_.folder));
    const std::string spare = other_slot(running_);
    // The old image goes before the new one is written, and so do its files, which take about as much.
    struct stat stats{};
    if (::lstat(image_path(spare).c_str(), &stats) == 0) space += static_cast<std::uint64_t>(stats.st_size);
    struct stat files{};
    if (::lstat((options_.folder / spare / "root/bin").c_str(), &files) == 0)
        space += static_cast<std::uint64_t>(stats.st_size);
    space -= std::min(space, reserved);
    // The image, and its files beside it.
    return std::min(options_.capacity, space / 2);
}

Status FolderSlots::begin() {
    const std::string spare = other_slot(running_);
    BootEnv env = env_;
    env.images.erase(spare);
    if (env.trying == spare) env.trying.clear();
    if (env.active == spare) return base::conflict("slot " + spare + " is the one to be started");
    TRY(store(env));
    TRY(empty_folder(options_.folder / spare / "root"));
    out_ = Descriptor(
        ::open(image_path(spare).c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!out_.open()) return system_error("writing slot " + spare);
    return {};
}

Status FolderSlots::write(base::ByteView piece) {
    return write_all(out_.number(), piece);
}

Status FolderSlots::finish() {
    if (::fsync(out_.number()) != 0) return system_error("writing slot " + other_slot(running_));
    // So that what is read back comes from the medium.
    if (::posix_fadvise(out_.number(), 0, 0, POSIX_FADV_DONTNEED) != 0)
        log_.write(base::LogLevel::warning, "slots", "the written slot stays in the cache");
    out_.close();
    return system::sync_folder(options_.folder / other_slot(running_));
}

Status FolderSlots::read_back(const updates::Image& image) {
    // An image that the loader could not unpack is found out here, before it is tried.
    Nowhere found;
    ImageReader reader(found);
    base::Sha256 hash;
    TRY(read_pieces(image_path(other_slot(running_)), image.length, [&](base::ByteView bytes) {
        hash.update(bytes);
        return reader.feed(bytes);
    }));
    if (hash.finish() != image.digest) return base::corrupt("the slot does not hold what was written");
    TRY(reader.finish());
    if (!found.firmware_) return base::invalid("the image has no program bin/firmware");
    return {};
}

base::Result<updates::BootView> FolderSlots::view() {
    if (!process_.running()) {
        const base::Duration ran = clock_.steady() - started_;
        if (ran >= steady_run) quick_ends_ = 0;
        const base::Duration pause =
            std::min<base::Duration>(first_pause * (1L << std::min(quick_ends_, 10U)), longest_pause);
        if (ran >= pause) {
            if (!nothing_runs_)
                log_.write(base::LogLevel::warning, "slots",
                           "the firmware of slot " + running_ +
                               " has to be started again: " + process_.ending());
            ++quick_ends_;
            TRY(boot());
        }
    }
    updates::BootView view;
    view.running = running_;
    view.spare = other_slot(running_);
    view.trying = env_.trying;
    view.running_version = version_;
    view.nothing_runs = nothing_runs_;
    const auto image = env_.images.find(running_);
    if (image != env_.images.end() && !nothing_runs_) view.image = image->second;
    view.boot_id = boot_id_;
    return view;
}

Status FolderSlots::activate(const updates::Image& image) {
    BootEnv env = env_;
    const std::string spare = other_slot(running_);
    env.images[spare] = image;
    env.trying = spare;
    env.tries_left = options_.attempts;
    return store(env);
}

Status FolderSlots::restart() {
    quick_ends_ = 0;
    process_.stop();
    return boot();
}

Status FolderSlots::mark_good() {
    if (env_.trying != running_) return {};
    BootEnv env = env_;
    env.active = running_;
    env.trying.clear();
    env.tries_left = 0;
    return store(env);
}

Status FolderSlots::fall_back(const std::string& bad) {
    BootEnv env = condemn(env_, bad);
    env.active = other_slot(bad);
    return store(env);
}

} // namespace oakum::agent
