// SPDX-License-Identifier: Apache-2.0
#include "carried.hpp"

#include <native/offer.hpp>
#include <wire/native.hpp>

#include <algorithm>
#include <memory>
#include <set>

namespace oakum::server {

using device::DeviceId;

namespace {

constexpr std::size_t kMostDevices = 1000, kMostNamed = 50;

} // namespace

// One stick in the making: the devices are asked one after the other, each by a command of its own.
struct CarriedService::Packing {
    access::Actor actor;
    api::StickWish wish;
    releases::Carrying::Metadata metadata;
    std::vector<fleet::DeviceActor> devices;
    std::size_t at = 0, refused = 0;
    api::Stick stick;
    api::Answer<api::Stick> answer;

    void leave_out(api::DeviceRef device, std::string why) {
        ++refused;
        if (stick.left_out.size() < kMostNamed) stick.left_out.push_back({std::move(device), std::move(why)});
    }
};

base::Result<std::shared_ptr<CarriedService::Packing>> CarriedService::begin(const access::Actor& actor,
                                                                             api::StickWish wish) const {
    TRY(fleet::may_do(actor, access::Action::device_operate));
    auto packing = std::make_shared<Packing>();
    const device::TenantId tenant = tenant_of(actor);
    auto query = device::parse_query(wish.query);
    if (!query.ok()) return std::move(query).error();
    if (wish.release && !context_.core.control.find<ports::ReleaseRow>(tenant, *wish.release))
        return base::not_found("there is no such release").at("/release");
    TRY_VALUE(packing->metadata, ports_.carrying.metadata(tenant));

    api::Stick& stick = packing->stick;
    context_.core.fleet.each(
        {tenant, fleet::scope_of(actor), std::move(*query)}, [&](const fleet::Glance& device) {
            if (device.fact(device::key::protocol).value_or("") != "native" || !device.enrolled())
                ++stick.without_agent;
            else if (!ports_.rollouts.would_carry(device, wish.release))
                ++stick.nothing_asked;
            else
                packing->devices.push_back({tenant, device.id(), {}});
        });
    if (packing->devices.empty())
        return base::conflict(
            "nothing is asked of these devices now: start a rollout whose open wave has them, "
            "or look at 'oakum rollout show'");
    if (packing->devices.size() > kMostDevices)
        return base::too_large(counted(packing->devices.size(), "device") + " are more than the " +
                               grouped(kMostDevices) + " of one stick: name fewer with a query")
            .at("/query");
    stick.made = context_.core.clock.now();
    stick.expires = std::chrono::floor<std::chrono::seconds>(
        std::min(stick.made + std::chrono::hours(24) * wish.days, packing->metadata.ends));
    for (const auto& [name, text] : packing->metadata.files)
        stick.metadata.push_back({name, text});
    packing->actor = actor;
    packing->wish = std::move(wish);
    return packing;
}

void CarriedService::pack(const access::Actor& actor, api::StickWish wish, api::Answer<api::Stick> answer) {
    context_.background.post([this, actor, wish = std::move(wish), answer = std::move(answer)]() mutable {
        auto packing = begin(actor, std::move(wish));
        if (!packing.ok()) return answer(std::move(packing).error());
        (*packing)->answer = std::move(answer);
        next(*packing);
    });
}

void CarriedService::pack_one(Packing& packing, const fleet::DeviceActor& device,
                              rollouts::Rollouts::Carried carried) const {
    api::DeviceRef ref = device_ref(context_, device.tenant, device.device);
    const auto release = context_.core.control.find<ports::ReleaseRow>(device.tenant, carried.release);
    const auto artifact =
        release ? context_.core.control.find<ports::ArtifactRow>(device.tenant, release->artifact) : nullptr;
    if (!artifact || artifact->damaged)
        return packing.leave_out(std::move(ref), "the artifact of its release is missing or damaged");
    const auto row = context_.core.fleet.device(device.key());
    wire::PollReply reply;
    reply.desired = row ? row->desired_number : 0;
    const std::string deployment = carried.offer.deployment;
    reply.offer = native::offer_of(std::move(carried.offer));
    auto packed = ports_.carrying.pack(packing.metadata, device, wire::encode(reply), artifact->digest,
                                       packing.stick.expires);
    if (!packed.ok()) return packing.leave_out(std::move(ref), packed.error().text());
    api::Stick& stick = packing.stick;
    if (std::ranges::find(stick.artifacts, artifact->digest, &api::Stick::Artifact::sha256) ==
        stick.artifacts.end())
        stick.artifacts.push_back({artifact->digest, artifact->length, artifact->name});
    stick.devices.push_back({std::move(ref),
                             {release->id, release->name, release->version},
                             deployment,
                             std::move(packed->order),
                             std::move(packed->direction)});
}

void CarriedService::next(const std::shared_ptr<Packing>& packing) {
    if (packing->at == packing->devices.size()) return finish(packing);
    const fleet::DeviceActor device = packing->devices[packing->at++];
    ports_.rollouts.carry(
        device.key(), {packing->wish.release, packing->stick.expires},
        [this, packing, device](base::Result<rollouts::Rollouts::Carried> carried) {
            // Signing is no work for the writer.
            context_.background.post([this, packing, device, carried = std::move(carried)]() mutable {
                if (carried.ok())
                    pack_one(*packing, device, std::move(*carried));
                else
                    packing->leave_out(device_ref(context_, device.tenant, device.device),
                                       carried.error().text());
                next(packing);
            });
        });
}

void CarriedService::finish(const std::shared_ptr<Packing>& packing) {
    api::Stick& stick = packing->stick;
    if (stick.devices.empty())
        return packing->answer(
            base::conflict("nothing could be packed: " + stick.left_out.front().device.name + ": " +
                           stick.left_out.front().why));
    std::set<std::string> releases;
    for (const auto& each : stick.devices)
        releases.insert(each.release.name + " " + each.release.version);
    std::string names;
    for (const std::string& name : releases)
        names += (names.empty() ? "" : ", ") + name;
    stick.sentence = counted(stick.devices.size(), "device") + ": " + names + ", good until " +
                     base::to_iso8601(stick.expires) + ".";
    if (packing->refused > 0)
        stick.sentence += " " + counted(packing->refused, "device") +
                          " could not be packed: " + stick.left_out.front().why + ".";
    context_.core.writer.submit(
        shard::control_of(tenant_of(packing->actor)), shard::Priority::person,
        [packing](shard::Transaction& transaction) -> base::Status {
            const std::string& query = packing->wish.query;
            transaction.audit(
                {packing->actor.text(), "stick.pack",
                 query.empty() ? "devices that something is asked of" : "devices where " + query, "",
                 packing->stick.sentence, packing->wish.why});
            return {};
        },
        [packing](base::Status noted) {
            if (!noted.ok()) return packing->answer(std::move(noted).error());
            packing->answer(std::move(packing->stick));
        });
}

void CarriedService::artifact(const access::Actor& actor, base::Digest256 digest,
                              api::Answer<Stored> answer) {
    context_.background.post([this, tenant = tenant_of(actor), digest, answer = std::move(answer)] {
        const auto row = context_.core.control.find<ports::ArtifactRow>(tenant, digest);
        if (!row || row->damaged)
            return answer(base::not_found("there is no such artifact, or it is damaged"));
        auto path = ports_.blobs.path(digest);
        if (!path.ok()) return answer(std::move(path).error());
        answer(Stored{std::move(*path), row->length});
    });
}

} // namespace oakum::server
