using Hufu.Contracts;
using Hufu.Governance;
using Hufu.Ra.Lists;

namespace Hufu.Ra.Types;

/// <summary>The forms as pages show them (6.1.3.2-g, 6.2.1.1-a).</summary>
internal sealed class ListForms(RaDesk desk)
{
    [Clause("6.1.3.2-g")]
    public IReadOnlyList<FormText> All() => [.. desk.Context.Policy.Forms.Keys.Order(StringComparer.Ordinal).Select(One)];

    public FormText One(string id)
    {
        var profile = desk.HolderProfile(id);
        var form = desk.Form(profile.Id);
        var shown = profile.Subject.Select(part => part.Field).Concat(profile.PrivateExtensions.Select(extension => extension.Field)).Concat(profile.AlternativeNames.Select(name => name.Field)).ToHashSet();
        return new FormText(
            profile.Id, profile.TitleZh, profile.TitleEn, form.ApplicantZh, form.ApplicantEn, form.Channels,
            [
                .. profile.Fields.Select(field => new FormFieldText(
                    field.Name, field.Zh, field.En, field.Kind.Word(), field.Required, field.MaxLength, !shown.Contains(field.Name),
                    shown.Contains(field.Name), form.Help.TryGetValue(field.Name, out var help) ? help.Zh : null, form.Help.TryGetValue(field.Name, out help) ? help.En : null)),
            ],
            [.. form.Documents.Select(paper => new FormDocumentText(paper.Id, paper.Zh, paper.En, paper.Required, paper.When, paper.Valid?.ToString(), paper.Batch, paper.Accepts))],
            [.. form.Checks.Select(Text)],
            form.Initiators, form.Clauses, form.Media, desk.Keys.Of(profile.Id));
    }

    public static FormCheckText Text(FormCheck check) =>
        new(check.Id, check.Zh, check.En, check.Clause, check.Finding, check.Means, check.When, check.Source, check.IndependentNumber, check.AtRenewal);
}
