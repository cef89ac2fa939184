// SPDX-License-Identifier: Apache-2.0
#include "in_place.hpp"

#include "medium.hpp"

#include <packages/os_release.hpp>
#include <system/file.hpp>

#include <fcntl.h>
#include <unistd.h>

namespace oakum::agent {
namespace {

namespace fs = std::filesystem;
using base::Status;
using Stage = BootEnv::Stage;

constexpr std::size_t max_text = 64 << 10;
constexpr const char* image_name = "image";

Status empty_folder(const fs::path& folder) {
    std::error_code error;
    fs::remove_all(folder, error);
    if (!error) fs::create_directories(folder, error);
    if (error) return base::unavailable("emptying " + folder.string() + ": " + error.message());
    return system::sync_folder(folder.parent_path());
}

} // namespace

Status InPlace::load() {
    const auto id = system::read_bounded("/proc/sys/kernel/random/boot_id", 100);
    if (id.ok()) boot_id_ = id->substr(0, id->find('\n'));
    for (const char* name : {"boot.env", "boot.env.copy"}) {
        const auto text = system::read_bounded(options_.folder / name, max_text);
        if (!text.ok() && text.error().kind == base::ErrorKind::not_found) continue;
        auto notes = text.ok() ? parse_boot_env(*text) : base::Result<BootEnv>(text.error());
        if (notes.ok()) {
            notes_ = std::move(*notes);
            break;
        }
        log_.write(base::LogLevel::error, "slots", std::string(name) + ": " + notes.error().text());
    }
    const Status mended = applier_.repair();
    broken_ = mended.ok() ? "" : mended.error().text();
    if (!mended.ok()) log_.write(base::LogLevel::error, "slots", broken_);
    return {};
}

Status InPlace::note(const BootEnv& notes) {
    if (notes == notes_) return {};
    const std::string text = encode(notes);
    TRY(system::write_durably(options_.folder / "boot.env", text));
    notes_ = notes;
    if (const auto copied = system::write_durably(options_.folder / "boot.env.copy", text); !copied.ok())
        log_.write(base::LogLevel::warning, "slots", "copying boot.env: " + copied.error().text());
    return {};
}

std::string InPlace::running() const {
    const bool took_effect = !options_.restart || notes_.stage_boot != boot_id_;
    const bool tried = !notes_.trying.empty() && notes_.stage == Stage::applied && took_effect;
    return tried ? notes_.trying : notes_.active;
}

base::Result<std::uint64_t> InPlace::capacity(std::uint64_t reserved) {
    TRY_VALUE(std::uint64_t space, free_space(options_.folder));
    space -= std::min(space, reserved);
    // The artifact, what is in it, and the way back.
    return std::min(options_.capacity, space / 3);
}

Status InPlace::begin() {
    const std::string spare = other_slot(running());
    if (!notes_.trying.empty()) return base::conflict("an update is on trial");
    BootEnv notes = notes_;
    notes.images.erase(spare);
    TRY(note(notes));
    TRY(empty_folder(slot(spare)));
    out_ = Descriptor(::open((slot(spare) / image_name).c_str(),
                             O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600));
    return out_.open() ? Status() : Status(system_error("writing " + slot(spare).string()));
}

Status InPlace::write(base::ByteView piece) {
    return write_all(out_.number(), piece);
}

Status InPlace::finish() {
    const fs::path spare = slot(other_slot(running()));
    if (::fsync(out_.number()) != 0) return system_error("writing " + spare.string());
    out_.close();
    TRY(system::sync_folder(spare));
    return applier_.prepare(spare);
}

Status InPlace::read_back(const updates::Image& image) {
    const fs::path spare = slot(other_slot(running()));
    TRY_VALUE(const auto found, hash_medium(spare / image_name, image.length));
    if (found != image.digest) return base::corrupt("the artifact is not on the medium as it was verified");
    return applier_.read_back(spare);
}

base::Result<updates::BootView> InPlace::view() {
    updates::BootView view;
    view.running = running();
    view.spare = other_slot(view.running);
    view.trying = notes_.trying;
    view.boot_id = boot_id_;
    const auto os_release = system::read_bounded(options_.root / "etc/os-release", max_text);
    if (os_release.ok()) view.running_version = packages::read_os_release(*os_release).version_id;
    const auto said = applier_.version(slot(view.running));
    view.of_no_line = !said;
    if (said) view.running_version = *said;
    const auto image = notes_.images.find(view.running);
    // What somebody changed by hand is not what was installed.
    const bool ours = image != notes_.images.end() && notes_.stage != Stage::reverting &&
                      applier_.holds(slot(view.running)) && (!said || *said == image->second.version);
    if (!ours) return view;
    view.of_no_line = false;
    view.image = image->second;
    view.running_version = image->second.version;
    return view;
}

Status InPlace::activate(const updates::Image& image) {
    const std::string spare = other_slot(notes_.active);
    if (notes_.trying == spare && notes_.stage == Stage::applied) return {};
    if (notes_.trying == spare && notes_.stage == Stage::reverting)
        return base::unavailable("what could not be applied has to be taken back first");
    BootEnv notes = notes_;
    if (notes.trying != spare) {
        notes.trying = spare;
        notes.tries_left = options_.attempts;
        notes.images[spare] = image;
    }
    // Counted before it is tried: what takes the device down with it is not tried for ever.
    if (notes.tries_left == 0)
        return base::unavailable("it was interrupted " + std::to_string(options_.attempts) + " times");
    --notes.tries_left;
    TRY(note(notes));
    TRY(applier_.apply(slot(spare)));
    broken_.clear();
    notes.stage = Stage::applied;
    notes.stage_boot = boot_id_;
    return note(notes);
}

Status InPlace::restart() {
    return options_.restart ? options_.restart() : Status();
}

Status InPlace::mark_good() {
    if (notes_.trying.empty()) return {};
    BootEnv notes = notes_;
    notes.active = notes.trying;
    notes.trying.clear();
    notes.tries_left = 0;
    notes.stage = Stage::none;
    notes.stage_boot.clear();
    TRY(note(notes));
    if (const Status kept = applier_.keep(slot(notes.active)); !kept.ok())
        log_.write(base::LogLevel::warning, "slots", kept.error().text());
    return {};
}

Status InPlace::revert(const std::string& bad) {
    BootEnv notes = notes_;
    notes.active = other_slot(bad);
    notes.trying = bad;
    notes.stage = Stage::reverting;
    notes.stage_boot = boot_id_;
    if (notes_.stage != Stage::reverting) notes.tries_left = options_.attempts;
    if (notes.tries_left == 0) {
        // What cannot be taken back runs on, ill, and is told as what runs.
        log_.write(base::LogLevel::error, "slots", "given up: " + broken_);
        return {};
    }
    --notes.tries_left;
    TRY(note(notes));
    const Status reverted = applier_.revert(slot(bad));
    broken_ = reverted.ok() ? "" : "going back: " + reverted.error().text();
    return reverted;
}

Status InPlace::fall_back(const std::string& bad) {
    // What was never begun needs no way back; what is on trial, stays already or is half reverted does.
    const bool applied = notes_.trying == bad || (notes_.active == bad && notes_.images.contains(bad));
    if (applied) TRY(revert(bad));
    BootEnv notes = notes_;
    notes.images.erase(bad);
    notes.trying.clear();
    notes.tries_left = 0;
    notes.stage = Stage::none;
    notes.stage_boot.clear();
    notes.active = other_slot(bad);
    return note(notes);
}

} // namespace oakum::agent
