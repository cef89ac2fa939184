// SPDX-License-Identifier: Apache-2.0
#include "loader_slots.hpp"

#include <packages/os_release.hpp>
#include <system/file.hpp>

namespace oakum::agent {
namespace {

constexpr std::size_t max_text = 64 << 10;

} // namespace

base::Status LoaderSlots::load() {
    for (const char* name : {"boot.env", "boot.env.copy"}) {
        const auto text = system::read_bounded(options_.folder / name, max_text);
        if (!text.ok() && text.error().kind == base::ErrorKind::not_found) continue;
        auto notes = text.ok() ? parse_boot_env(*text) : base::Result<BootEnv>(text.error());
        if (notes.ok()) {
            notes_ = std::move(*notes);
            return {};
        }
        log_.write(base::LogLevel::error, "slots", std::string(name) + ": " + notes.error().text());
    }
    // The boot loader knows what it starts. Only what the images were is forgotten.
    notes_ = BootEnv{};
    return {};
}

base::Status LoaderSlots::note(const BootEnv& notes) {
    if (notes == notes_) return {};
    const std::string text = encode(notes);
    TRY(system::write_durably(options_.folder / "boot.env", text));
    notes_ = notes;
    if (const auto copied = system::write_durably(options_.folder / "boot.env.copy", text); !copied.ok())
        log_.write(base::LogLevel::warning, "slots", "copying boot.env: " + copied.error().text());
    return {};
}

base::Result<std::string> LoaderSlots::spare() {
    TRY_VALUE(const auto seen, loader_.look());
    return other_slot(seen.running);
}

base::Result<std::uint64_t> LoaderSlots::capacity(std::uint64_t) {
    TRY_VALUE(const std::string slot, spare());
    return medium_.capacity(slot);
}

base::Status LoaderSlots::begin() {
    TRY_VALUE(const std::string slot, spare());
    // The loader first: a note of what is no longer there does no harm, a slot that starts half written does.
    TRY(loader_.refuse(slot));
    BootEnv notes = notes_;
    notes.images.erase(slot);
    if (notes.trying == slot) notes.trying.clear();
    TRY(note(notes));
    return medium_.begin(slot);
}

base::Result<updates::BootView> LoaderSlots::view() {
    TRY_VALUE(const auto seen, loader_.look());
    updates::BootView view;
    view.running = seen.running;
    view.spare = other_slot(seen.running);
    if (!notes_.trying.empty() && (seen.running == notes_.trying || seen.next == notes_.trying))
        view.trying = notes_.trying;
    const auto os_release = system::read_bounded(options_.root / "etc/os-release", max_text);
    if (os_release.ok()) view.running_version = packages::read_os_release(*os_release).version_id;
    const auto image = notes_.images.find(view.running);
    // A slot that was written by hand is not what was noted.
    if (image != notes_.images.end() && image->second.version == view.running_version)
        view.image = image->second;
    const auto boot_id = system::read_bounded("/proc/sys/kernel/random/boot_id", 100);
    if (boot_id.ok()) view.boot_id = boot_id->substr(0, boot_id->find('\n'));
    return view;
}

base::Status LoaderSlots::activate(const updates::Image& image) {
    TRY_VALUE(const std::string slot, spare());
    BootEnv notes = notes_;
    notes.active = other_slot(slot);
    notes.images[slot] = image;
    notes.trying = slot;
    notes.tries_left = options_.attempts;
    TRY(note(notes));
    return loader_.try_next(slot, options_.attempts);
}

base::Status LoaderSlots::restart() {
    if (notes_.trying.empty()) return options_.restart();
    if (notes_.tries_left == 0) {
        log_.write(base::LogLevel::error, "slots",
                   "the boot loader does not start slot " + notes_.trying + ", though it was told to");
        return fall_back(std::string(notes_.trying));
    }
    BootEnv notes = notes_;
    --notes.tries_left;
    TRY(note(notes));
    return options_.restart();
}

base::Status LoaderSlots::mark_good() {
    TRY_VALUE(const auto seen, loader_.look());
    if (notes_.trying != seen.running) return {};
    TRY(loader_.keep(seen.running));
    BootEnv notes = notes_;
    notes.active = seen.running;
    notes.trying.clear();
    return note(notes);
}

base::Status LoaderSlots::fall_back(const std::string& bad) {
    TRY(loader_.refuse(bad));
    BootEnv notes = notes_;
    notes.images.erase(bad);
    if (notes.trying == bad) notes.trying.clear();
    notes.active = other_slot(bad);
    return note(notes);
}

} // namespace oakum::agent
