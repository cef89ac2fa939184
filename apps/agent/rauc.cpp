// SPDX-License-Identifier: Apache-2.0
#include "rauc.hpp"

#include "boot_env.hpp"
#include "tools.hpp"

#include <json/parse.hpp>

#include <algorithm>
#include <map>
#include <set>

namespace oakum::agent {
namespace {

constexpr base::Duration patience = std::chrono::seconds(60);
constexpr base::Duration installing = std::chrono::hours(1);

} // namespace

base::Result<RaucStatus> RaucStatus::parse(std::string_view text) {
    // Its words before the JSON are for people.
    text.remove_prefix(std::min(text.find('{'), text.size()));
    TRY_VALUE(const json::Value value, json::parse(text));
    RaucStatus status;
    TRY_VALUE(status.booted, value.string_at("booted", 200));
    TRY_VALUE(const auto primary, value.optional_string_at("boot_primary", 200));
    status.primary = primary.value_or("");
    TRY_VALUE(const json::Value slots, value.array_at("slots", 64));
    std::map<std::string, std::string> parents;
    for (const json::Value& each : slots.items()) {
        for (const json::Value& fields : each.items()) {
            Slot slot;
            slot.name = fields.key();
            TRY_VALUE(const std::string device, fields.string_at("device", 4096));
            slot.device = device;
            TRY_VALUE(const auto boot_name, fields.optional_string_at("bootname", 200));
            slot.boot_name = boot_name.value_or("");
            slot.is_main = !slot.boot_name.empty();
            TRY_VALUE(const auto parent, fields.optional_string_at("parent", 200));
            if (parent) parents[slot.name] = *parent;
            TRY_VALUE(const auto installed, fields.optional_object_at("slot_status"));
            if (installed) {
                TRY_VALUE(const auto checksum, installed->optional_object_at("checksum"));
                if (checksum) {
                    TRY_VALUE(slot.digest, checksum->string_at("sha256", 64));
                    TRY_VALUE(slot.length, checksum->uint_at("size"));
                }
            }
            status.slots.push_back(std::move(slot));
        }
    }
    std::set<std::string> names;
    for (const Slot& slot : status.slots)
        if (!slot.boot_name.empty()) names.insert(slot.boot_name);
    if (names.size() != 2)
        return base::corrupt("RAUC knows " + std::to_string(names.size()) + " systems; two are needed");
    std::ranges::copy(names, status.boot_names);
    if (!names.contains(status.booted))
        return base::corrupt("RAUC does not know which system runs: \"" + status.booted + "\"");
    // What belongs to a system goes with it.
    for (Slot& slot : status.slots) {
        if (!slot.boot_name.empty() || !parents.contains(slot.name)) continue;
        const auto parent = std::ranges::find(status.slots, parents.at(slot.name), &Slot::name);
        if (parent != status.slots.end()) slot.boot_name = parent->boot_name;
    }
    return status;
}

base::Result<std::string> RaucStatus::main_slot(const std::string& letter) const {
    const std::string& boot_name = boot_names[letter == "a" ? 0 : 1];
    const auto slot = std::ranges::find_if(
        slots, [&](const Slot& each) { return each.is_main && each.boot_name == boot_name; });
    if (slot == slots.end()) return base::not_found("RAUC has no slot of system " + boot_name);
    return slot->name;
}

base::Result<std::string> Rauc::ask(std::vector<std::string> words, base::Duration timeout) {
    Tool tool{std::move(words)};
    tool.timeout = timeout;
    if (!options_.bus.empty()) tool.environment = {{"DBUS_SYSTEM_BUS_ADDRESS", options_.bus}};
    TRY_VALUE(auto outcome, run_tool(tool));
    return std::move(outcome.output);
}

base::Result<RaucStatus> Rauc::status() {
    TRY_VALUE(const std::string json,
              ask({"rauc", "status", "--detailed", "--output-format=json"}, patience));
    return RaucStatus::parse(json);
}

base::Status Rauc::mark(std::string_view how, const std::string& slot) {
    TRY_VALUE(const RaucStatus now, status());
    TRY_VALUE(const std::string name, now.main_slot(slot));
    TRY(ask({"rauc", "status", std::string(how), name}, patience));
    return {};
}

base::Result<BootLoader::View> Rauc::look() {
    TRY_VALUE(const RaucStatus now, status());
    View view;
    view.running = now.letter_of(now.booted);
    view.next = view.running;
    for (const RaucStatus::Slot& slot : now.slots)
        if (slot.name == now.primary) view.next = now.letter_of(slot.boot_name);
    return view;
}

base::Status Rauc::try_next(const std::string& slot, std::uint32_t) {
    return mark("mark-active", slot);
}

base::Status Rauc::keep(const std::string& slot) {
    TRY(mark("mark-good", slot));
    return mark("mark-active", slot);
}

base::Status Rauc::refuse(const std::string& slot) {
    TRY(mark("mark-bad", slot));
    return mark("mark-active", other_slot(slot));
}

base::Status Rauc::begin(const std::string& slot) {
    slot_ = slot;
    return {};
}

base::Status Rauc::finish() {
    TRY(ask({"rauc", "install", options_.download.string()}, installing));
    TRY_VALUE(const View now, look());
    if (now.next == slot_)
        return base::conflict("RAUC activated the slot before it was read back: set activate-installed=false "
                              "in its system.conf");
    return {};
}

base::Status Rauc::read_back(const updates::Image& image) {
    // What RAUC read is what was verified.
    TRY_VALUE(const auto download, hash_medium(options_.download, image.length));
    if (download != image.digest) return base::corrupt("the download changed while it was installed");
    TRY_VALUE(const RaucStatus now, status());
    std::size_t read = 0;
    for (const RaucStatus::Slot& slot : now.slots) {
        if (slot.digest.empty() || slot.boot_name.empty() || now.letter_of(slot.boot_name) != slot_) continue;
        TRY_VALUE(const auto found, hash_medium(slot.device, slot.length));
        if (found.hex() != slot.digest)
            return base::corrupt("slot " + slot.name + " does not hold what RAUC wrote");
        ++read;
    }
    if (read == 0) return base::corrupt("RAUC wrote down nothing of what it installed");
    return {};
}

} // namespace oakum::agent
