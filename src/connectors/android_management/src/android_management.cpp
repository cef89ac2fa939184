// SPDX-License-Identifier: Apache-2.0
#include <android_management/android_management.hpp>

#include <android_management/assertion.hpp>

#include <base/digest.hpp>
#include <base/percent.hpp>
#include <connector/permissions.hpp>
#include <json/writer.hpp>
#include <management_pages/android.hpp>
#include <management_pages/android_policy.hpp>

#include <map>
#include <set>

namespace oakum::android_management {
namespace {

using connector::Connector;
using connectors::Request;
using connectors::Tokens;
using connectors::World;
using management_pages::ServiceAccount;

constexpr std::string_view kScope = "https://www.googleapis.com/auth/androidmanagement";
constexpr std::string_view kGrant = "urn:ietf:params:oauth:grant-type:jwt-bearer";
constexpr unsigned kDevicesEach = 100, kReadings = 3;

// "LC01abc" of "enterprises/LC01abc" too.
std::string enterprise_of(const Connector& connector) {
    constexpr std::string_view kFolder = "enterprises/";
    std::string_view account = connector.account;
    if (account.starts_with(kFolder)) account.remove_prefix(kFolder.size());
    return std::string(kFolder) + base::percent_encoded(account);
}

std::string whose(const Connector& connector) {
    return "android_management " + connector.sign_in + " " + connector.client + " " +
           base::sha256(connector.secret).hex();
}

base::Result<Request> sign_in(const Connector& connector, const ServiceAccount& account,
                              base::TimePoint now) {
    Request request;
    request.method = "POST";
    request.url = connector.sign_in + "/token";
    request.content_type = "application/x-www-form-urlencoded";
    TRY_VALUE(const std::string token,
              assertion({account.email, account.key_id, std::string(kScope), request.url, now},
                        account.private_key));
    request.body = "grant_type=" + base::percent_encoded(kGrant) + "&assertion=" + token;
    return request;
}

class AndroidManagement final : public ports::ManagementSystem {
  public:
    AndroidManagement(Connector connector, ServiceAccount account, World world, Tokens& tokens)
        : connector_(std::move(connector)), account_(std::move(account)), clock_(world.clock),
          conversation_(std::move(world), tokens, whose(connector_), connector_.url,
                        [this] { return sign_in(connector_, account_, clock_.now()); }) {}

    base::Result<connector::DevicePage> devices(const std::string& cursor) override {
        return read(kDevicesEach, cursor);
    }

    base::Result<ports::AppPage> apps(const std::string&) override {
        return ports::AppPage{}; // they come with their devices
    }

    base::Result<std::string> try_out() override {
        TRY_VALUE(const connector::DevicePage page, read(1, ""));
        return "the credentials are good, the enterprise may be read, and " +
               std::string(page.records() == 0 ? "it has no devices" : "it tells its devices");
    }

    base::Result<ports::ManagementChange> plan_update(const ports::UpdateWish& wish) override {
        TRY_VALUE(const std::string now, policy_of(wish.device));
        ports::ManagementChange change;
        // Told before, and the answer was lost: what it had then is known here.
        const bool ours = now.starts_with(management_pages::kOwnPolicies);
        if (now.empty()) return base::invalid("it has no policy in its enterprise");
        if (ours && wish.before.empty())
            return base::invalid("it has " + now +
                                 ", and which policy it had before is not known here: set its own one there");
        change.before = ours ? wish.before : now;
        TRY_VALUE(const management_pages::UpdatePolicy made, derived(change.before, wish.level));
        change.after = made.name;
        if (!sent_.contains(base::percent_encoded(made.name)))
            change.calls.push_back(
                {"PATCH", root() + "/policies/" + base::percent_encoded(made.name), made.body,
                 "made a copy of the policy " + change.before + " that differs in its system update" +
                     (made.has_freezes ? ", and keeps its freeze periods" : "")});
        change.calls.push_back(assignment(wish.device, made.name));
        return change;
    }

    base::Result<ports::ManagementChange> plan_return(const std::string& device, const std::string& before,
                                                      const std::string& after) override {
        TRY_VALUE(const std::string now, policy_of(device));
        ports::ManagementChange change{now, before, {}};
        // Also an earlier copy of ours: it may have been cut off between the note of `after` and its sending.
        if (now == after || now.starts_with(management_pages::kOwnPolicies))
            change.calls.push_back(assignment(device, before));
        return change;
    }

    base::Status send(const ports::ManagementCall& call) override {
        auto answer = conversation_.ask({call.url, call.method, call.body, "application/json"});
        if (!answer.ok()) return explain(std::move(answer).error());
        const std::string policies = root() + "/policies/";
        if (call.url.starts_with(policies)) sent_.insert(call.url.substr(policies.size()));
        return {};
    }

    std::optional<base::Duration> retry_after() const override { return conversation_.retry_after(); }

  private:
    std::string root() const { return connector_.url + "/v1/" + enterprise_of(connector_); }
    std::string name_of(const std::string& policy) const {
        std::string account = connector_.account;
        if (account.starts_with("enterprises/")) account.erase(0, 12);
        return "enterprises/" + account + "/policies/" + policy;
    }
    // The id is the system's own, and no path that leads elsewhere.
    std::string device_url(const std::string& device) const {
        return root() + "/devices/" + base::percent_encoded(device.substr(device.rfind('/') + 1));
    }
    ports::ManagementCall assignment(const std::string& device, const std::string& policy) const {
        ports::ManagementCall call{"PATCH", device_url(device) + "?updateMask=policyName", "",
                                   "gave it the policy " + policy};
        json::Writer(call.body).begin_object().member("policyName", name_of(policy)).end_object();
        return call;
    }
    base::Result<std::string> policy_of(const std::string& device) {
        auto body = conversation_.ask({device_url(device) + "?fields=policyName"});
        if (!body.ok()) return explain(std::move(body).error());
        auto policy = management_pages::android_policy_of_device(*body);
        if (!policy.ok())
            return base::invalid("what it answers of this phone cannot be read: " + policy.error().text());
        return policy;
    }
    // One that was read in this sync is not read again.
    base::Result<management_pages::UpdatePolicy> derived(const std::string& policy,
                                                         const floor::Policy& level) {
        auto held = read_.find(policy);
        if (held == read_.end()) {
            auto body = conversation_.ask({root() + "/policies/" + base::percent_encoded(policy)});
            if (!body.ok()) return explain(std::move(body).error());
            held = read_.emplace(policy, *std::move(body)).first;
        }
        auto made = management_pages::android_update_policy(policy, held->second, level.install);
        if (!made.ok()) read_.erase(held);
        return made;
    }

    base::Result<connector::DevicePage> read(unsigned each, const std::string& token) {
        std::string url = connector_.url + "/v1/" + enterprise_of(connector_) +
                          "/devices?pageSize=" + std::to_string(each) + "&fields=" +
                          base::percent_encoded(management_pages::android_device_fields(connector_.apps));
        if (!token.empty()) url += "&pageToken=" + base::percent_encoded(token);
        for (unsigned reading = 1;; ++reading) {
            auto body = conversation_.ask({url});
            if (!body.ok()) return explain(std::move(body).error());
            auto page = management_pages::android_devices(*body);
            if (page.ok()) return page;
            if (reading >= kReadings)
                return base::unavailable("what it answers cannot be read: " + page.error().text());
        }
    }

    base::Error explain(base::Error error) const {
        if (error.kind == base::ErrorKind::denied)
            error.message += "; give the service account the role " +
                             std::string(connector::permissions(connector_.kind)[0].name) +
                             ", and look whether the API is switched on in its project and the enterprise "
                             "belongs to it";
        if (error.kind == base::ErrorKind::unauthenticated)
            error.message += "; look whether the key was deleted there, and at this machine's clock";
        return error;
    }

    const Connector connector_;
    const ServiceAccount account_;
    ports::Clock& clock_;
    connectors::Conversation conversation_;
    std::map<std::string, std::string> read_; // policies, by name
    std::set<std::string> sent_;              // policies of ours that are as they have to be
};

} // namespace

base::Result<std::unique_ptr<ports::ManagementSystem>> open(const Connector& connector, World world,
                                                            Tokens& tokens) {
    TRY_VALUE(ServiceAccount account, management_pages::service_account_of(connector.secret));
    if (account.email != connector.client)
        return base::invalid("the key file is that of another service account (" +
                             account.email.substr(0, 200) + ")");
    return std::unique_ptr<ports::ManagementSystem>(
        std::make_unique<AndroidManagement>(connector, std::move(account), std::move(world), tokens));
}

} // namespace oakum::android_management
