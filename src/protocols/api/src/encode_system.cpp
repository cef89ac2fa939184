// SPDX-License-Identifier: Apache-2.0
#include "encode.hpp"

#include <json/parse.hpp>

namespace oakum::api {

void write(Out& o, const System::Counts& v) {
    object(o, [&] {
        o("devices", v.devices)("pending", v.pending)("active", v.active)("quiet", v.quiet)("retired",
                                                                                            v.retired);
        o("groups", v.groups)("users", v.users)("releases", v.releases)("rollouts_running",
                                                                        v.rollouts_running);
        o("advisories", v.advisories);
    });
}
void write(Out& o, const System::Step& v) {
    object(o, [&] { o("step", v.step)("done", v.done)("sentence", v.sentence); });
}
void write(Out& o, const System::Ends& v) {
    object(o, [&] { o("what", v.what)("at", v.at)("soon", v.soon); });
}
void write(Out& o, const System& v) {
    object(o, [&] {
        o("version", v.version)("address", v.address)("ca_fingerprint", v.ca_fingerprint)("ca_pem", v.ca_pem);
        o("how_to_trust", v.how_to_trust)("offline_keys_here", v.offline_keys_here)("now", v.now);
        o("data_as_of", v.data_as_of)("newest_advisory", v.newest_advisory)("stale_feeds", v.stale_feeds);
        o("notices", v.notices)("ends", v.ends)("counts", v.counts)("setup", v.setup);
    });
}
void write(Out& o, const Health::Check& v) {
    object(o, [&] { o("name", v.name)("ok", v.ok)("detail", v.detail); });
}
void write(Out& o, const Health& v) {
    object(o, [&] { o("status", v.status)("checks", v.checks); });
}
void write(Out& o, const Backup& v) {
    object(o, [&] {
        o("file", v.file)("state", v.state)("by_server", v.by_server)("began", v.began)("ended", v.ended);
        o("verified", v.verified)("bytes", v.bytes)("devices", v.devices)("with_files", v.with_files);
        o("detail", v.detail);
    });
}
void write(Out& o, const BackupSchedule& v) {
    object(o, [&] {
        o("every_seconds", v.every_seconds)("keep", v.keep)("with_files", v.with_files)("next", v.next);
        o("newest_verified", v.newest_verified)("folder", v.folder)("warning", v.warning);
    });
}
void write(Out& o, const SupportBundle::File& v) {
    object(o, [&] { o("name", v.name)("text", v.text); });
}
void write(Out& o, const SupportBundle& v) {
    object(o, [&] { o("made", v.made)("files", v.files); });
}
void write(Out& o, const governance::AuditVerification& v) {
    object(o, [&] {
        o("ok", v.ok)("records", v.records)("removed", v.removed)("first_bad", v.first_bad)("head", v.head);
        o("sentence", v.sentence);
    });
}

namespace {

// Rows hold JSON that our own code wrote; a damaged one must not break the answer around it.
void write_kept_object(Out& o, std::string_view name, const std::string& kept) {
    o.w.key(name);
    const auto value = json::parse(kept);
    if (!kept.empty() && value.ok() && value->is_object())
        o.w.raw(kept);
    else
        o.w.null();
}

} // namespace

void write(Out& o, const ports::AuditRow& v) {
    object(o, [&] {
        o("number", v.number)("at", v.at)("actor", v.actor)("action", v.action)("resource", v.resource);
        write_kept_object(o, "before", v.before);
        write_kept_object(o, "after", v.after);
        o("why", v.why)("previous", v.previous)("hash", v.hash);
    });
}

} // namespace oakum::api
