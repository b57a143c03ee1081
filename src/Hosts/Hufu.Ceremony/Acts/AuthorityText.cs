using Hufu.Ceremony.Authorities;
using Hufu.Ceremony.Script;

namespace Hufu.Ceremony.Acts;

/// <summary>What steps around a CA's certificate have in common: <c>key</c>, <c>profile</c>, <c>fields</c>, <c>to</c>.</summary>
internal sealed record AuthorityText(string Key, AuthorityProfile Profile, IReadOnlyDictionary<string, string> Fields, string To)
{
    public static AuthorityText Read(ScriptNode node)
    {
        AuthorityText text = new(node.Text("key"), AuthorityProfile.Load(node, node.Text("profile")), node.Pairs("fields"), node.Text("to"));
        foreach (ProfilePart part in text.Profile.Subject.Where(p => p.Field is not null))
        {
            string value = text.Fields.GetValueOrDefault(part.Field!, "");
            if ((part.Required && value.Length == 0) || value.Length > part.Most || value.Any(char.IsControl) || value.Trim() != value)
            {
                throw node.Error($"'fields' needs '{part.Field}', 1 to {part.Most} characters, no spaces around it.");
            }
        }

        return text.Fields.Keys.FirstOrDefault(f => text.Profile.Subject.All(p => p.Field != f)) is { } unknown ? throw node.Error($"The profile has no field '{unknown}'.") : text;
    }
}
