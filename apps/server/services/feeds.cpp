// SPDX-License-Identifier: Apache-2.0
#include "feeds.hpp"

#include "jobs.hpp"

#include <alarm/limits.hpp>
#include <algorithm>
#include <sbom/document.hpp>
#include <stated/stated.hpp>

namespace oakum::server {

namespace {

class Upload final : public api::FeedUpload {
  public:
    Upload(Context context, assessment::Assessor& assessor, access::Actor actor, api::FeedNew feed,
           std::unique_ptr<ports::IncomingFeed> file)
        : context_(context), assessor_(assessor), actor_(std::move(actor)), feed_(std::move(feed)),
          file_(std::move(file)) {}
    base::Status write(base::ByteView piece) override { return file_->write(piece); }
    void finish(api::Answer<api::Job> answer) override {
        auto incoming = file_->finish();
        if (!incoming.ok()) return answer(std::move(incoming).error());
        assessor_.import_feed(actor_, *incoming, feed_.name,
                              feed_.force ? assessment::Force::yes : assessment::Force::no,
                              as_job(context_, tenant_of(actor_), std::move(answer)));
    }

  private:
    Context context_;
    assessment::Assessor& assessor_;
    access::Actor actor_;
    api::FeedNew feed_;
    std::unique_ptr<ports::IncomingFeed> file_;
};

} // namespace

void FeedsService::list(const access::Actor& actor, api::Answer<api::Page<api::Feed>> answer) {
    api::Page<api::Feed> page;
    for (const auto& row : context_.core.control.list<ports::FeedRow>(tenant_of(actor)))
        page.items.push_back({row->name, row->imported,
                              row->newest == base::TimePoint{} ? std::nullopt : std::optional(row->newest),
                              row->accepted, row->rejected, row->rejects,
                              context_.core.clock.now() - row->imported > alarm::kFeedStale});
    page.total = page.items.size();
    answer(std::move(page));
}

base::Result<std::unique_ptr<api::FeedUpload>> FeedsService::begin_import(const access::Actor& actor,
                                                                          api::FeedNew feed) {
    TRY_VALUE(std::unique_ptr<ports::IncomingFeed> file, files_.begin());
    return std::unique_ptr<api::FeedUpload>(
        std::make_unique<Upload>(context_, assessor_, actor, std::move(feed), std::move(file)));
}

std::uint64_t SoftwareService::devices(device::TenantId tenant, const std::string& model,
                                       const std::string& version) const {
    auto query = device::parse_query("model = \"" + model + "\" and firmware_version = \"" + version + "\"");
    return query.ok() ? context_.core.fleet.count({tenant, {}, std::move(*query)}).yes : 0;
}

void SoftwareService::attach(const access::Actor& actor, api::SbomNew wish,
                             api::Answer<api::SbomAttached> answer) {
    const bool firmware = !wish.model.empty() && !wish.version.empty();
    if (firmware == wish.device.has_value())
        return answer(
            base::invalid("say what the SBOM is for: a model and its firmware version, or one device")
                .at("query"));
    context_.background.post([this, actor, wish = std::move(wish), firmware, answer = std::move(answer)] {
        auto parsed = sbom::parse(wish.document);
        if (!parsed.ok()) return answer(std::move(parsed).error());
        api::SbomAttached view;
        view.format = parsed->format;
        view.name = wish.name;
        view.components = parsed->components.size();
        view.statements = parsed->statements.size();
        view.model = some(wish.model);
        view.version = some(wish.version);
        view.device = wish.device;
        view.warnings = parsed->warnings;
        fleet::Inventories::Sbom sbom{wish.name, std::move(parsed->components),
                                      std::move(parsed->statements)};
        const auto done = [this, tenant = tenant_of(actor), view, files = std::move(parsed->files),
                           answer](base::Result<device::SetId> set) mutable {
            if (!set.ok()) return answer(std::move(set).error());
            view.set = *set;
            view.devices =
                view.device ? 1 : devices(tenant, view.model.value_or(""), view.version.value_or(""));
            intake_.note_sbom(tenant, *set, std::move(files),
                              [view = std::move(view), answer](base::Status noted) {
                                  if (!noted.ok()) return answer(std::move(noted).error());
                                  answer(view);
                              });
        };
        if (firmware)
            inventories_.attach_to_firmware(actor, wish.model, wish.version, std::move(sbom), done);
        else
            inventories_.attach_to_device(actor, *wish.device, std::move(sbom), done);
    });
}

void SoftwareService::state(const access::Actor& actor, api::SbomNew wish,
                            api::Answer<api::SbomAttached> answer) {
    context_.background.post([this, actor, wish = std::move(wish), answer = std::move(answer)] {
        auto said = stated::read(wish.document);
        if (!said.ok()) return answer(std::move(said).error());
        // Filled before the use case returns, read when it is durable.
        const auto view = std::make_shared<api::SbomAttached>();
        view->format = said->format;
        view->name = wish.name;
        view->model = wish.model;
        view->version = wish.version;
        const auto lay = [&](const std::vector<component::Component>& components,
                             std::vector<component::Statement>& statements) -> base::Status {
            view->components = components.size();
            TRY_VALUE(view->statements, stated::apply(*said, components, statements));
            if (const std::size_t unused = said->size() - view->statements; unused > 0)
                view->warnings.push_back(grouped(unused) + " of " + counted(said->size(), "statement") +
                                         (unused == 1 ? " is" : " are") +
                                         " about nothing that its SBOM names");
            return {};
        };
        inventories_.state_of_firmware(
            actor, wish.model, wish.version, wish.name, lay,
            [this, tenant = tenant_of(actor), view, answer](base::Result<device::SetId> set) {
                if (!set.ok()) return answer(std::move(set).error());
                view->set = *set;
                view->devices = devices(tenant, *view->model, *view->version);
                answer(std::move(*view));
            });
    });
}

void SoftwareService::firmware(const access::Actor& actor, api::PageRequest page,
                               api::Answer<api::Page<api::Firmware>> answer) {
    const device::TenantId tenant = tenant_of(actor);
    std::vector<api::Firmware> views;
    for (const auto& row : context_.core.control.list<ports::FirmwareRow>(tenant)) {
        api::Firmware view{row->model,
                           row->version,
                           row->set,
                           row->sbom_name,
                           row->at,
                           0,
                           devices(tenant, row->model, row->version),
                           0};
        if (const auto set = assessor_.assess(tenant, row->set)) {
            view.components = set->components().size();
            view.findings_open = set->assessment.affected;
        }
        views.push_back(std::move(view));
    }
    answer(page_of(std::move(views), page));
}

} // namespace oakum::server
