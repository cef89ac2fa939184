// SPDX-License-Identifier: Apache-2.0
#include <intune/intune.hpp>

#include <base/digest.hpp>
#include <base/percent.hpp>
#include <connector/permissions.hpp>
#include <management_pages/intune.hpp>

#include <algorithm>
#include <iterator>

namespace oakum::intune {
namespace {

using connector::Connector;
using connectors::Request;
using connectors::Tokens;
using connectors::World;

constexpr std::string_view kDevices = "/v1.0/deviceManagement/managedDevices";
constexpr std::string_view kApps = "/v1.0/deviceManagement/detectedApps";
constexpr unsigned kDevicesEach = 500, kAppsEach = 50;
constexpr unsigned kReadings = 3; // of a page that is broken
constexpr std::size_t kMostPagesOfApp = 2'000;

// Microsoft identity platform, client credentials with a shared secret.
Request sign_in(const Connector& connector) {
    Request request;
    request.method = "POST";
    request.url = connector.sign_in + "/" + connector.account + "/oauth2/v2.0/token";
    request.content_type = "application/x-www-form-urlencoded";
    request.body = "grant_type=client_credentials&client_id=" + base::percent_encoded(connector.client) +
                   "&client_secret=" + base::percent_encoded(connector.secret) +
                   "&scope=" + base::percent_encoded(connector.url + "/.default");
    return request;
}

std::string whose(const Connector& connector) {
    return "intune " + connector.sign_in + " " + connector.url + " " + connector.account + " " +
           connector.client + " " + base::sha256(connector.secret).hex();
}

class Intune final : public ports::ManagementSystem {
  public:
    Intune(Connector connector, World world, Tokens& tokens)
        : connector_(std::move(connector)),
          conversation_(std::move(world), tokens, whose(connector_), connector_.url,
                        [this]() -> base::Result<Request> { return sign_in(connector_); }) {}

    base::Result<connector::DevicePage> devices(const std::string& cursor) override {
        const std::string first = connector_.url + std::string(kDevices) +
                                  "?$select=" + std::string(management_pages::intune_device_properties()) +
                                  "&$top=" + std::to_string(kDevicesEach);
        return read<connector::DevicePage>(cursor.empty() ? first : cursor, management_pages::intune_devices);
    }

    base::Result<ports::AppPage> apps(const std::string& cursor) override {
        const std::string first =
            connector_.url + std::string(kApps) +
            "?$select=id,displayName,version,platform&$top=" + std::to_string(kAppsEach);
        TRY_VALUE(management_pages::DetectedApps found,
                  read<management_pages::DetectedApps>(cursor.empty() ? first : cursor,
                                                       management_pages::intune_apps));
        ports::AppPage page;
        page.next = std::move(found.next);
        for (management_pages::DetectedApp& app : found.apps) {
            TRY_VALUE(std::vector<std::string> ids, devices_with(app.id));
            page.apps.push_back({std::move(app.app), std::move(ids)});
        }
        return page;
    }

    base::Result<std::string> try_out() override {
        TRY_VALUE(const connector::DevicePage page,
                  (devices(connector_.url + std::string(kDevices) + "?$select=" +
                           std::string(management_pages::intune_device_properties()) + "&$top=1")));
        if (connector_.apps)
            TRY(read<management_pages::DetectedApps>(connector_.url + std::string(kApps) + "?$top=1",
                                                     management_pages::intune_apps));
        const std::string what =
            page.records() == 0 ? "it has no managed devices" : "it tells its managed devices";
        return "the credentials are good, the permission " +
               std::string(connector::permissions(connector_.kind)[0].name) + " is granted, and " + what;
    }

    std::optional<base::Duration> retry_after() const override { return conversation_.retry_after(); }

  private:
    // A page that was cut behind a proxy is whole HTTP and broken JSON: it is asked for again.
    template <class Page>
    base::Result<Page> read(const std::string& url, base::Result<Page> (*parse)(std::string_view)) {
        for (unsigned reading = 1;; ++reading) {
            auto body = conversation_.ask({url});
            if (!body.ok()) return explain(std::move(body).error());
            auto page = parse(*body);
            if (page.ok()) return page;
            if (reading >= kReadings)
                return base::unavailable("what it answers cannot be read: " + page.error().text());
        }
    }

    base::Result<std::vector<std::string>> devices_with(const std::string& app) {
        std::vector<std::string> ids;
        std::string url = connector_.url + std::string(kApps) + "/" + base::percent_encoded(app) +
                          "/managedDevices?$select=id";
        for (std::size_t pages = 0; !url.empty(); ++pages) {
            if (pages >= kMostPagesOfApp) return base::invalid("the devices of an app do not end");
            auto page = read<management_pages::DeviceIds>(url, management_pages::intune_device_ids);
            if (!page.ok()) return std::move(page).error();
            if (page->next == url) return base::invalid("its pages repeat");
            std::ranges::move(page->ids, std::back_inserter(ids));
            url = std::move(page->next);
        }
        return ids;
    }

    // Which permission it is.
    base::Error explain(base::Error error) const {
        if (error.kind == base::ErrorKind::denied)
            error.message += "; grant " + std::string(connector::permissions(connector_.kind)[0].name) +
                             " as an application permission, with admin consent";
        if (error.kind == base::ErrorKind::unauthenticated)
            error.message += "; look at the tenant id, the client id and whether the secret has expired";
        return error;
    }

    const Connector connector_;
    connectors::Conversation conversation_;
};

} // namespace

std::unique_ptr<ports::ManagementSystem> open(const Connector& connector, World world, Tokens& tokens) {
    return std::make_unique<Intune>(connector, std::move(world), tokens);
}

} // namespace oakum::intune
