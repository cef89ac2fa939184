// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "../../../engine/governance/tests/world.hpp"
#include "fake_shared.hpp"

#include <api/vex_service.hpp>
#include <governance/retention.hpp>
#include <ports/evidence.hpp>

// The server, what people decide and are told, and the systems beside it.
namespace oakum::api::test {

struct FakeSystem final : SystemService, Asked {
    void system(const access::Actor& a, Answer<System> answer) override {
        note(a, "system"), answer(system_value());
    }
    void backup(const access::Actor& a, BackupRequest, Answer<Job> answer) override {
        note(a, "backup"), answer(test::job());
    }
    void list_backups(const access::Actor& a, PageRequest, Answer<Page<Backup>> answer) override {
        note(a, "list_backups"), answer(page_of(test::backup()));
    }
    void support_bundle(const access::Actor& a, Answer<SupportBundle> answer) override {
        note(a, "support_bundle"), answer(test::support_bundle());
    }
    void verify_backup(const access::Actor& a, std::string file, Answer<Job> answer) override {
        note(a, "verify_backup " + file), answer(test::job());
    }
    void backup_schedule(const access::Actor& a, Answer<BackupSchedule> answer) override {
        note(a, "backup_schedule"), answer(test::backup_schedule());
    }
    void change_backup_schedule(const access::Actor& a, BackupSchedulePatch,
                                Answer<BackupSchedule> answer) override {
        note(a, "change_backup_schedule"), answer(test::backup_schedule());
    }
    void test_keys(const access::Actor& a, Answer<std::vector<KeyTest>> answer) override {
        note(a, "test_keys");
        answer(
            std::vector<KeyTest>{{"timestamp", "00ff", "It signs.", true, kAt},
                                 {"root", "11ff", "It is not on this machine.", std::nullopt, std::nullopt}});
    }
    Health readiness() override { return ready ? Health{} : test::health(); }
    std::string metrics() override { return "oakum_devices 5\n"; }
    bool ready = true;
};

struct FakeExceptions final : ExceptionsService, Asked {
    void list(const access::Actor& a, ExceptionFilter, exception::Period, PageRequest,
              Answer<Page<Exception>> answer) override {
        note(a, "list"), answer(page_of(test::exception_value()));
    }
    void get(const access::Actor& a, ports::ExceptionId, Answer<Exception> answer) override {
        note(a, "get"), answer(test::exception_value());
    }
    void preview(const access::Actor& a, exception::Wish, Answer<ExceptionPreview> answer) override {
        note(a, "preview"), answer(test::exception_preview());
    }
    void ask(const access::Actor& a, exception::Wish wish, Answer<Exception> answer) override {
        note(a, "ask " + wish.subject.advisory), answer(test::exception_value());
    }
    void decide(const access::Actor& a, ports::ExceptionId, exception::Event event, std::string why,
                Answer<Exception> answer) override {
        note(a, std::string(exception::to_string(event)) + " " + why), answer(test::exception_value());
    }
};

struct FakeNotices final : NoticesService, Asked {
    void list(const access::Actor& a, PageRequest, Answer<Page<OwnAdvisory>> answer) override {
        note(a, "list"), answer(page_of(test::own_advisory()));
    }
    void add(const access::Actor& a, advisory::Notice notice, Answer<OwnAdvisory> answer) override {
        note(a, "add " + notice.title), answer(test::own_advisory());
    }
    void edit(const access::Actor& a, std::string id, advisory::Notice, std::optional<std::uint64_t> version,
              Answer<OwnAdvisory> answer) override {
        note(a, "edit " + id + (version ? " at " + std::to_string(*version) : "")),
            answer(test::own_advisory());
    }
    void withdraw(const access::Actor& a, std::string id, std::string, Answer<OwnAdvisory> answer) override {
        note(a, "withdraw " + id), answer(test::own_advisory());
    }
};

struct FakeVex final : VexService, Asked {
    void document(const access::Actor& a, VexRequest request, Answer<std::string> answer) override {
        note(a, "document " + request.advisory), answer(std::string("{}\n"));
    }
};

struct FakeAlarms final : AlarmsService, Asked {
    void list(const access::Actor& a, AlarmFilter, PageRequest, Answer<AlarmPage> answer) override {
        AlarmPage page;
        page.items = {test::alarm()};
        page.checked = kAt;
        note(a, "list"), answer(page);
    }
    void get(const access::Actor& a, alarm::AlarmId, Answer<Alarm> answer) override {
        note(a, "get"), answer(test::alarm());
    }
    void acknowledge(const access::Actor& a, alarm::AlarmId, std::string why, Answer<Alarm> answer) override {
        note(a, "acknowledge " + why), answer(test::alarm());
    }
    void mute(const access::Actor& a, alarm::AlarmId, Mute mute, Answer<Alarm> answer) override {
        note(a, mute.until ? "mute until" : "mute for"), answer(test::alarm());
    }
    void unmute(const access::Actor& a, alarm::AlarmId, std::string, Answer<Alarm> answer) override {
        note(a, "unmute"), answer(test::alarm());
    }
};

struct FakeEdits final : EditsService, Asked {
    void preview(const access::Actor& a, BulkRequest request, Answer<BulkPreview> answer) override {
        note(a, "preview " + std::string(to_string(request.action)) + " " + request.query.value_or("-") +
                    " of " + std::to_string(request.devices.size()) +
                    (request.those.part == Part::all ? "" : " of a part") +
                    (request.those.fix.empty() ? "" : " of " + request.those.fix) + " facts " +
                    std::to_string(request.facts.size()));
        answer(test::bulk_preview());
    }
    void apply(const access::Actor& a, BulkApply request, Answer<Edit> answer) override {
        note(a, "apply " + request.stamp + " " + request.why), answer(test::edit());
    }
    void preview_replacement(const access::Actor& a, device::DeviceId old, device::DeviceId fresh,
                             Answer<ReplacementPreview> answer) override {
        note(a, "preview replacement " + old.text() + " " + fresh.text()),
            answer(test::replacement_preview());
    }
    void replace(const access::Actor& a, device::DeviceId old, device::DeviceId fresh, std::string stamp,
                 std::string why, Answer<Edit> answer) override {
        note(a, "replace " + old.text() + " " + fresh.text() + " " + stamp + " " + why), answer(test::edit());
    }
    void list(const access::Actor& a, std::string kind, PageRequest, Answer<Page<Edit>> answer) override {
        Page<Edit> page;
        page.items = {test::edit()};
        note(a, "list " + kind), answer(page);
    }
    void get(const access::Actor& a, ports::EditId, Answer<Edit> answer) override {
        note(a, "get"), answer(test::edit());
    }
    void devices(const access::Actor& a, ports::EditId, PageRequest,
                 Answer<Page<EditedDevice>> answer) override {
        Page<EditedDevice> page;
        page.items = {test::edited_device()};
        note(a, "devices"), answer(page);
    }
    void cancel(const access::Actor& a, ports::EditId, std::string why, Answer<Edit> answer) override {
        note(a, "cancel " + why), answer(test::edit());
    }
    void undo(const access::Actor& a, ports::EditId, std::string why, Answer<Edit> answer) override {
        note(a, "undo " + why), answer(test::edit());
    }
};

struct FakeAges final : ports::Ages {
    base::Result<Counted> count_older(device::TenantId, const ports::Older&) override {
        Counted counted;
        counted.of[static_cast<std::size_t>(ports::Kept::sessions)] = 12;
        return counted;
    }
};
struct FakePacks final : governance::Reports {
    std::uint64_t older(base::TimePoint) const override { return 0; }
    base::Result<std::uint64_t> remove_older(base::TimePoint) override { return std::uint64_t{0}; }
};

struct FakeChannels final : ChannelsService, Asked {
    void change(const access::Actor& a, alarm::ChannelId, ChannelPatch patch,
                Answer<Channel> answer) override {
        note(a, "change " + patch.name.value_or("-") + (patch.secret ? " with secret" : "")),
            answer(channel());
    }
    void list(const access::Actor& a, Answer<std::vector<Channel>> answer) override {
        note(a, "list"), answer(std::vector{channel()});
    }
    void add(const access::Actor& a, ChannelNew, Answer<ChannelCreated> answer) override {
        note(a, "add"), answer(ChannelCreated{channel(), "s3cret"});
    }
    void remove(const access::Actor& a, alarm::ChannelId, Answer<base::Nothing> answer) override {
        note(a, "remove"), answer(base::Nothing{});
    }
    void test(const access::Actor& a, alarm::ChannelId, Answer<ChannelTest> answer) override {
        note(a, "test"), answer(ChannelTest{false, "It did not arrive."});
    }
};

struct FakeSources final : SourcesService, Asked {
    void list(const access::Actor& a, Answer<std::vector<Source>> answer) override {
        note(a, "list"), answer(std::vector{feed_source()});
    }
    void set(const access::Actor& a, std::string name, SourcePatch, Answer<Source> answer) override {
        note(a, "set " + name), answer(feed_source());
    }
    void remove(const access::Actor& a, std::string name, Answer<base::Nothing> answer) override {
        note(a, "remove " + name), answer(base::Nothing{});
    }
    void test(const access::Actor& a, std::string name, Answer<SourceTest> answer) override {
        note(a, "test " + name), answer(SourceTest{false, "The source could not be had."});
    }
    void sync(const access::Actor& a, std::string name, bool force, Answer<Job> answer) override {
        note(a, "sync " + name + (force ? " forced" : "")), answer(job());
    }
};

struct FakeConnectors final : ConnectorsService, Asked {
    void list(const access::Actor& a, Answer<std::vector<Connector>> answer) override {
        note(a, "list"), answer(std::vector{management_connector()});
    }
    void set(const access::Actor& a, std::string name, ConnectorPatch, Answer<Connector> answer) override {
        note(a, "set " + name), answer(management_connector());
    }
    void remove(const access::Actor& a, std::string name, Answer<base::Nothing> answer) override {
        note(a, "remove " + name), answer(base::Nothing{});
    }
    void test(const access::Actor& a, std::string name, Answer<ConnectorTest> answer) override {
        note(a, "test " + name), answer(ConnectorTest{false, "The connector could not be had."});
    }
    void sync(const access::Actor& a, std::string name, bool force, Answer<Job> answer) override {
        note(a, "sync " + name + (force ? " forced" : "")), answer(job());
    }
    void floor(const access::Actor& a, std::string name, connector::Floor floor,
               Answer<FloorPlan> answer) override {
        note(a, "floor " + name + " " + floor.version), answer(floor_plan());
    }
};

struct FakeApple final : AppleService, Asked {
    void get(const access::Actor& a, Answer<AppleManagement> answer) override {
        note(a, "get"), answer(apple_management());
    }
    void phones(const access::Actor& a, Answer<std::vector<ApplePhone>> answer) override {
        note(a, "phones"), answer(std::vector{apple_phone()});
    }
    void make_profile(const access::Actor& a, AppleProfileNew wish, Answer<AppleProfile> answer) override {
        note(a, "profile " + wish.label + (wish.personal ? " personal" : "")), answer(apple_profile());
    }
    void ask(const access::Actor& a, device::DeviceId id, Answer<base::Nothing> answer) override {
        note(a, "ask " + id.text()), answer(base::Nothing{});
    }
    void release(const access::Actor& a, device::DeviceId id, Answer<base::Nothing> answer) override {
        note(a, "release " + id.text()), answer(base::Nothing{});
    }
};

} // namespace oakum::api::test
