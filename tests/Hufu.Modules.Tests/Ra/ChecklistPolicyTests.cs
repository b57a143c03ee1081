using Hufu.Contracts;
using Hufu.Governance;
using Hufu.Testing;
using Xunit;

namespace Hufu.Modules.Tests.Ra;

/// <summary>The papers and checks of policy/forms against 6.1.3.2-b to -e and 6.2.1.1-b and -c, sentence by sentence: whoever takes a line out of a form sees which sentence it was.</summary>
public sealed class ChecklistPolicyTests
{
    // 6.1.3.2-d: the kinds that the statement names; the student card (6.2.1.1) only where policy allows it, and other kinds as law recognises them.
    private static readonly string[] IdentityDocuments = ["居民身份证", "户口簿", "护照", "军官证", "警官证", "士兵证", "士官证", "文职干部证"];

    private static readonly string[] OfOrganisations = ["organisation", "representative", "employee", "server", "server-identity", "ipsec-vpn", "operated-device", "code-signing"];
    private static readonly string[] OfDevices = ["server", "server-identity", "ipsec-vpn", "operated-device"];

    [Fact]
    public void Every_type_has_its_form_and_stands_in_one_of_these_sentences()
    {
        var types = SourceTree.Policy.Profiles.Values.Where(profile => profile.Kind == ProfileKind.Holder).Select(profile => profile.Id).Order(StringComparer.Ordinal);
        Assert.Equal(OfOrganisations.Concat(["person", "person-trial"]).Order(StringComparer.Ordinal), types);
        Assert.All(SourceTree.Policy.Forms.Values, form => Assert.NotEmpty(form.Checks));
    }

    [Fact]
    [Clause("6.1.3.2-b")]
    public void An_organisation_hands_in_licence_and_sealed_authorisation_and_two_checks_are_made()
    {
        foreach (var type in OfOrganisations)
        {
            var form = Form(type);
            Assert.NotEmpty(form.Documents.Single(paper => paper.Id == "licence" && paper.Required && paper.When is null).Accepts);
            Assert.Single(form.Documents, paper => paper.Id == "authorisation" && paper.Required && paper.When is null);
            var exists = form.Checks.Single(check => check.Id == "exists");
            Assert.Equal((CheckKindOf(exists), "business-register"), ("entity", exists.Source));
            Assert.Equal([CheckMeans.Document, CheckMeans.Database], exists.Means.Order());
            var authorised = form.Checks.Single(check => check.Id == "authorised");
            Assert.Equal([CheckMeans.CallBack, CheckMeans.SealedLetter], authorised.Means.Order());
            Assert.True(authorised.IndependentNumber);
        }
    }

    [Fact]
    [Clause("6.1.3.2-c")]
    public void A_device_brings_its_proof_and_a_third_check_is_made_for_a_domain_with_the_registrars_data()
    {
        foreach (var type in OfDevices)
        {
            var form = Form(type);
            Assert.Single(form.Documents, paper => paper.Id is "device-proof" or "domain-proof" && paper.Required && paper.When is null);
            var third = form.Checks.Single(check => check.Id == "owns-device");
            Assert.Equal("domain-registrar", third.Source);
            Assert.Contains(CheckMeans.Registrar, third.Means);
            Assert.Equal(3, form.Checks.Count(check => check.When is null && check.Clause is "6.1.3.2-b" or "6.1.3.2-c"));
        }

        // For a domain a paper is not enough: the registrar's data, or what the domain itself answers.
        Assert.Equal([CheckMeans.DomainControl, CheckMeans.Registrar], Form("server").Checks.Single(check => check.Id == "owns-device").Means.Order());
    }

    [Fact]
    [Clause("6.1.3.2-d")]
    public void A_person_hands_in_an_identity_document_of_an_accepted_kind_and_two_checks_are_made()
    {
        foreach (var type in new[] { "person", "representative", "employee" })
        {
            Assert.Equal(IdentityDocuments, Form(type).Documents.Single(paper => paper.Id == "identity-document" && paper.Required).Accepts);
        }

        var form = Form("person");
        var exists = form.Checks.Single(check => check.Id == "exists");
        Assert.Equal("citizen-identity", exists.Source);
        Assert.Equal([CheckMeans.Document, CheckMeans.Database], exists.Means.Order());
        var authorised = form.Checks.Single(check => check.Id == "authorised");
        Assert.Equal(
            new[] { CheckMeans.FaceToFace, CheckMeans.SignedAuthorisation, CheckMeans.CallBack, CheckMeans.SmsCode, CheckMeans.BankCard, CheckMeans.HolderSignature }.Order(), authorised.Means.Order());
        Assert.False(authorised.IndependentNumber); // the phone on the form serves
    }

    [Fact]
    [Clause("6.1.3.2-e")]
    [Clause("6.2.1.1-c")]
    public void A_person_of_a_department_or_unit_brings_its_sealed_proof_and_its_papers_and_the_unit_is_called_on_its_own_number()
    {
        foreach (var (type, when, check) in new[] { ("person", "organisation", "member"), ("employee", null, "employed") })
        {
            var form = Form(type);
            Assert.Single(form.Documents, paper => paper.Id == "unit-consent" && paper.Required && paper.When == when);
            Assert.Single(form.Documents, paper => paper.Id == "licence" && paper.Required && paper.When == when);
            var call = form.Checks.Single(one => one.Id == check);
            Assert.Equal((when, true), (call.When, call.IndependentNumber));
            Assert.Equal([CheckMeans.CallBack], call.Means);
        }
    }

    [Fact]
    [Clause("6.2.1.1-b")]
    public void Who_may_apply_is_said_for_each_type_and_an_agents_authorisation_is_among_its_papers()
    {
        foreach (var form in SourceTree.Policy.Forms.Values)
        {
            Assert.NotEmpty(form.ApplicantZh);
            Assert.NotEmpty(form.ApplicantEn);
        }

        // Of an organisation its authorised person: proof of it is a paper that no application is taken without.
        Assert.All(OfOrganisations, type => Assert.Contains(Form(type).Documents, paper => paper.Id == "authorisation" && paper.Required && paper.When is null));

        // A server's domain is its owner's: proven by a paper and by a check. An operated device: staff only, at a counter, where the clerk identifies who comes.
        Assert.Contains(Form("server").Documents, paper => paper.Id == "domain-proof" && paper.Required);
        Assert.Equal([ApplicationChannel.Counter], Form("operated-device").Channels);

        // Whoever acts for a person brings a power of attorney; a person alone needs none.
        var attorney = Form("person").Documents.Single(paper => paper.Id == "agent-authorisation");
        Assert.Equal("agentName", attorney.When);
        Assert.Contains("agentName", SourceTree.Policy.Profiles["person"].Fields.Where(field => !field.Required).Select(field => field.Name));
    }

    private static ApplicationForm Form(string type) => SourceTree.Policy.Forms[type];

    private static string CheckKindOf(FormCheck check) => check.Finding.ToString().ToLowerInvariant();
}
