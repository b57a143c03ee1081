using Hufu.Ceremony.Acts;
using Hufu.Ceremony.Script;
using Hufu.Pki;

namespace Hufu.Ceremony.Play;

/// <summary>The people at the machine: a console, or the demo.</summary>
internal interface IAttendant
{
    /// <summary>A step begins; false stops the ceremony here.</summary>
    bool Begin(int number, int count, CeremonyStep step);

    /// <summary>A person's PIN; null when they do not give it. Asked again after a wrong one.</summary>
    /// <param name="person">Whose.</param>
    /// <param name="triesLeft">After a wrong PIN: what the token says; null at first.</param>
    string? Pin(ScriptPerson person, int? triesLeft);

    /// <summary>A step is done.</summary>
    void Done(CeremonyAct act);

    /// <summary>All is done but the signatures.</summary>
    void Signing(int people);
}
