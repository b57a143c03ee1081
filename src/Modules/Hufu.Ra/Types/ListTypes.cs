using Hufu.Contracts;
using Hufu.Governance;

namespace Hufu.Ra.Types;

/// <summary>What can be applied for, and what each type asks (6.1.3.2-g, 6.2.1.1-a).</summary>
internal sealed class ListTypes(RaDesk desk)
{
    public IReadOnlyList<CertificateType> Run() =>
    [
        .. desk.Context.Policy.Profiles.Values.Where(profile => profile.Kind == ProfileKind.Holder).OrderBy(profile => profile.Id, StringComparer.Ordinal).Select(profile => new CertificateType(
            profile.Id, profile.TitleZh, profile.TitleEn,
            [.. profile.Fields.Select(field => field.Name)],
            [.. desk.Form(profile.Id).Documents.Where(paper => paper is { Required: true, When: null }).Select(paper => paper.Id)],
            [.. desk.Form(profile.Id).Checks.Where(check => check.When is null).Select(check => check.Id)], desk.Keys.Of(profile.Id))),
    ];
}
