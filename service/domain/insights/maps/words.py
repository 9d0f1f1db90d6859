"""The words on the picture of a map, in the languages there are."""

from collections.abc import Mapping

from service.domain.insights.maps.gap_names import GAP_NAMES
from service.domain.insights.spans import in_units, number
from service.domain.languages import Language

Words = Mapping[str, str]

_SAID: dict[str, tuple[str, str, str, str, str]] = {
    "map": ("Journey map", "Reisekarte", "Mapa del recorrido", "旅程地图", "旅程地圖"),
    "as_is": ("as it is", "wie es ist", "como es hoy", "现状", "現況"),
    "to_be": ("as it shall be", "wie es sein soll", "como debe ser", "目标状态", "目標狀態"),
    "scenario": ("Scenario", "Szenario", "Escenario", "情境", "情境"),
    "occasion": ("Occasion", "Anlass", "Ocasión", "契机", "契機"),
    "personas": ("Personas", "Personas", "Personas", "人物画像", "人物誌"),
    "decider": ("decides", "entscheidet", "decide", "决策者", "決策者"),
    "influencer": ("has a say", "redet mit", "influye", "影响者", "影響者"),
    "user": ("uses it", "nutzt es", "lo usa", "使用者", "使用者"),
    "payer": ("pays", "zahlt", "paga", "付款者", "付款者"),
    "legend": ("Legend", "Legende", "Leyenda", "图例", "圖例"),
    "stage": ("Stage", "Phase", "Etapa", "阶段", "階段"),
    "steps": ("Steps", "Schritte", "Pasos", "步骤", "步驟"),
    "no_steps": ("No steps yet", "Noch keine Schritte", "Aún sin pasos", "尚无步骤", "尚無步驟"),
    "no_stages": (
        *("This map has no stages yet.", "Diese Karte hat noch keine Phasen."),
        *("Este mapa aún no tiene etapas.", "此地图尚无阶段。", "此地圖尚無階段。"),
    ),
    "emotion": ("Emotion", "Gefühl", "Emoción", "情绪", "情緒"),
    "rated_at": ("Emotion {0}", "Gefühl {0}", "Emoción {0}", "情绪 {0}", "情緒 {0}"),
    "unrated": ("not rated", "nicht bewertet", "sin valorar", "未评分", "未評分"),
    "private": ("Private", "Privat", "Privado", "私下", "私下"),
    "truth": (
        *("Moment of truth", "Moment der Wahrheit", "Momento de la verdad"),
        *("关键时刻", "關鍵時刻"),
    ),
    "decision": (
        *("Decision moment", "Entscheidungsmoment", "Momento de decisión"),
        *("决策时刻", "決策時刻"),
    ),
    "actors": ("Actors", "Beteiligte", "Actores", "参与者", "參與者"),
    "thoughts": ("Thoughts", "Gedanken", "Pensamientos", "想法", "想法"),
    "motivation": ("Motive", "Motiv", "Motivo", "动机", "動機"),
    "feeling": ("Feels", "Fühlt", "Siente", "感受", "感受"),
    "questions": ("Questions", "Fragen", "Preguntas", "疑问", "疑問"),
    "touchpoints": ("Touchpoints", "Kontaktpunkte", "Puntos de contacto", "触点", "接觸點"),
    "channel": ("Channel", "Kanal", "Canal", "渠道", "管道"),
    "device": ("Device", "Gerät", "Dispositivo", "设备", "裝置"),
    "department": ("Department", "Abteilung", "Departamento", "部门", "部門"),
    "could": ("possible", "möglich", "posible", "可能", "可能"),
    "competitor": ("competitor", "Wettbewerb", "competencia", "竞争对手", "競爭對手"),
    "earned": ("earned", "verdient", "ganado", "口碑", "口碑"),
    "paid": ("paid", "bezahlt", "pagado", "付费", "付費"),
    "suspected": ("suspected", "vermutet", "supuesto", "推测", "推測"),
    "deprecated": ("deprecated", "auslaufend", "en desuso", "弃用", "棄用"),
    "outcomes": ("Outcome", "Ergebnis", "Resultado", "结果", "結果"),
    "expected": ("Expected", "Erwartet", "Esperado", "预期", "預期"),
    "actual": ("Actual", "Tatsächlich", "Real", "实际", "實際"),
    "met": ("met", "erfüllt", "cumplido", "达成", "達成"),
    "partly": ("partly met", "teils erfüllt", "cumplido en parte", "部分达成", "部分達成"),
    "missed": ("missed", "verfehlt", "incumplido", "未达成", "未達成"),
    "backstage": ("Backstage", "Hinter den Kulissen", "Entre bastidores", "后台", "後台"),
    "system": ("System", "System", "Sistema", "系统", "系統"),
    "source": ("Source", "Quelle", "Fuente", "信息来源", "資訊來源"),
    "inner": ("Journey within", "Innere Reise", "Recorrido interior", "内含旅程", "內含旅程"),
    "pains": ("Pains", "Ärgernisse", "Dolores", "痛点", "痛點"),
    "waits": ("Waits", "Wartet", "Espera", "等待", "等待"),
    "fields": ("Form fields", "Formularfelder", "Campos", "表单字段", "表單欄位"),
    "opportunities": ("Opportunities", "Chancen", "Oportunidades", "机会", "機會"),
    "relief": ("Relief", "Entlastung", "Alivio", "缓解", "緩解"),
    "gain": ("Gain", "Gewinn", "Beneficio", "收益", "收益"),
    "evidence": ("Evidence", "Belege", "Evidencia", "证据", "證據"),
    "analytical": ("Figures", "Zahlen", "Cifras", "数据", "數據"),
    "anecdotal": ("Stories", "Berichte", "Relatos", "故事", "故事"),
    "gaps": ("Gaps", "Lücken", "Brechas", "缺口", "缺口"),
    "crossing": ("Crossing", "Übergang", "Cruce", "交接", "交接"),
    "severity": (
        *("severity {0} of 100", "Schwere {0} von 100", "gravedad {0} de 100"),
        *("严重度 {0}/100", "嚴重度 {0}/100"),
    ),
    "crossing_key": (
        *("Crossing, with its severity (0–100)", "Übergang mit seiner Schwere (0–100)"),
        *("Cruce con su gravedad (0–100)", "交接及其严重度（0–100）", "交接及其嚴重度（0–100）"),
    ),
    "key_private": (
        *(
            "Dashed card: private, out of our sight",
            "Gestrichelte Karte: privat, für uns unsichtbar",
        ),
        *("Tarjeta discontinua: privado, fuera de nuestra vista", "虚线卡片：私下，我们看不到"),
        "虛線卡片：私下，我們看不到",
    ),
    "key_truth": (
        *(
            "Moment of truth: here opinions are made",
            "Moment der Wahrheit: hier entsteht ein Urteil",
        ),
        *("Momento de la verdad: aquí se forma la opinión", "关键时刻：在此形成看法"),
        "關鍵時刻：在此形成看法",
    ),
    "key_decision": (
        *("Decision moment: here they choose", "Entscheidungsmoment: hier wird gewählt"),
        *("Momento de decisión: aquí eligen", "决策时刻：在此作出选择", "決策時刻：在此作出選擇"),
    ),
    "key_line": (
        *("Curve: how steps feel, from −2 to +2", "Kurve: wie Schritte sich anfühlen, −2 bis +2"),
        *("Curva: cómo se sienten los pasos, de −2 a +2", "曲线：各步骤的感受，−2 至 +2"),
        "曲線：各步驟的感受，−2 至 +2",
    ),
    "key_bridge": (
        *("Dotted curve: steps between are not rated", "Gepunktet: Schritte dazwischen unbewertet"),
        *("Curva punteada: pasos intermedios sin valorar", "点线：中间步骤未评分"),
        "點線：中間步驟未評分",
    ),
    "key_ring": (
        *("Ring: moment of truth or decision", "Ring: Moment der Wahrheit oder Entscheidung"),
        *("Anillo: momento de la verdad o de decisión", "圆环：关键时刻或决策时刻"),
        "圓環：關鍵時刻或決策時刻",
    ),
    "key_evidence": (
        *(
            "Evidence: how many findings tell of a step",
            "Belege: wie viele von einem Schritt handeln",
        ),
        *("Evidencia: cuántos hallazgos tratan de un paso", "证据：与该步骤相关的发现数量"),
        "證據：與該步驟相關的發現數量",
    ),
    "key_weak": (
        *("Gap, with its severity (0–100)", "Lücke mit ihrer Schwere (0–100)"),
        *("Brecha con su gravedad (0–100)", "缺口及其严重度（0–100）", "缺口及其嚴重度（0–100）"),
    ),
    "other_gaps": (
        *("other gaps: {0}", "andere Lücken: {0}", "otras brechas: {0}"),
        *("其他缺口：{0}", "其他缺口：{0}"),
    ),
    "goals": ("Goals", "Ziele", "Objetivos", "目标", "目標"),
    "expectations": ("Expectations", "Erwartungen", "Expectativas", "期望", "期望"),
    "needs": ("Needs", "Bedürfnisse", "Necesidades", "需求", "需求"),
    "feelings": ("Feelings", "Gefühle", "Sentimientos", "感受", "感受"),
    "frustrations": ("Frustrations", "Frust", "Frustraciones", "挫折", "挫折"),
    "reliefs": ("Reliefs", "Entlastungen", "Alivios", "缓解", "緩解"),
    "decision_factors": (
        *("What decides", "Was entscheidet", "Qué decide"),
        *("决定因素", "決定因素"),
    ),
    "objections": ("Objections", "Einwände", "Objeciones", "异议", "異議"),
    "curve_means": (
        "Emotion curve: {rated} of {steps} steps rated, on a scale from −2 to +2; mean {mean}.",
        "Gefühlskurve: {rated} von {steps} Schritten bewertet, von −2 bis +2; im Mittel {mean}.",
        "Curva de emociones: {rated} de {steps} pasos valorados, de −2 a +2; media {mean}.",
        "情绪曲线：{steps} 个步骤中 {rated} 个已评分，范围 −2 至 +2；平均 {mean}。",
        "情緒曲線：{steps} 個步驟中 {rated} 個已評分，範圍 −2 至 +2；平均 {mean}。",
    ),
    "curve_none": (
        *("Emotion curve: no step is rated yet.", "Gefühlskurve: noch kein Schritt bewertet."),
        "Curva de emociones: aún no hay pasos valorados.",
        *("情绪曲线：尚无已评分的步骤。", "情緒曲線：尚無已評分的步驟。"),
    ),
    "highs": ("Highs", "Höhen", "Puntos altos", "高点", "高點"),
    "lows": ("Lows", "Tiefen", "Puntos bajos", "低点", "低點"),
    "mean": ("mean {0}", "Mittel {0}", "media {0}", "平均 {0}", "平均 {0}"),
    "more": ("and {0} more", "und {0} weitere", "y {0} más", "等另外 {0} 项", "等另外 {0} 項"),
    "revision": ("Revision {0}", "Revision {0}", "Revisión {0}", "修订版 {0}", "修訂版 {0}"),
    "version": ("Version {0}", "Fassung {0}", "Versión {0}", "版本 {0}", "版本 {0}"),
    "changed": ("changed {0}", "geändert {0}", "modificado {0}", "更新于 {0}", "更新於 {0}"),
    "seconds": ("{0} s", "{0} s", "{0} s", "{0} 秒", "{0} 秒"),
    "minutes": ("{0} min", "{0} min", "{0} min", "{0} 分钟", "{0} 分鐘"),
    "hours": ("{0} h", "{0} Std.", "{0} h", "{0} 小时", "{0} 小時"),
    "days": ("{0} days", "{0} Tage", "{0} días", "{0} 天", "{0} 天"),
    "quoted": ("“{0}”", "„{0}“", "«{0}»", "“{0}”", "「{0}」"),
}

_ALL = _SAID | {f"gap_{kind}": said for kind, said in GAP_NAMES.items()}
_BY_LANGUAGE: Mapping[Language, Words] = {
    language: {name: said[place] for name, said in _ALL.items()}
    for place, language in enumerate(Language)
}


def words(language: Language) -> Words:
    """All of them in one language, by name; `{0}` and the like stand for what is filled in."""
    return _BY_LANGUAGE[language]


def duration(said: Words, seconds: int) -> str:
    """A time as people say it, its unit shortened."""
    unit, how_many = in_units(seconds)
    return said[unit].format(number(how_many))
